#include "store/sqlite_error.h"

#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace dskeeper::store {
namespace {

std::filesystem::path directory_of(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  return directory.empty() ? "." : directory;
}

// SQLite says only that it cannot; the file system knows why.
Error cannot_open(const std::string& path) {
  const std::string directory = directory_of(path).string();
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored)) {
    return {"the store's directory does not exist", path, fmt::format("Create {}.", directory)};
  }
  if (std::filesystem::is_directory(path, ignored)) {
    return {"the store is a directory", path, "Name a file in `store.url`."};
  }
  if (access(directory.c_str(), W_OK | X_OK) != 0) {
    return {"the store's directory is not writable", path,
            fmt::format("SQLite keeps three files in {}; let user {} write there.", directory,
                        geteuid())};
  }
  if (std::filesystem::exists(path, ignored) && access(path.c_str(), R_OK) != 0) {
    return {"the store is not readable", path, fmt::format("Let user {} read it.", geteuid())};
  }
  return {"the store can be neither opened nor created", path,
          "Look at its directory and file system."};
}

}  // namespace

Error error_of(const SQLite::Exception& exception, const std::string& path) {
  switch (exception.getErrorCode()) {
    case SQLITE_FULL:
      return {"the disk is full, nothing of this was stored", path,
              "Free space on its file system."};
    case SQLITE_READONLY:
      return {"the store is not writable", path,
              fmt::format("Let user {} write the file and its directory.", geteuid())};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"somebody else has written to the store for too long", path, "Try again."};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return cannot_open(path);
    case SQLITE_NOTADB:
      return {"the file is not a database", path, "Name another file in `store.url`."};
    case SQLITE_CORRUPT:
      return {"the store is damaged", path,
              "Stop dskeeper, keep a copy of the file with its -wal, and restore a backup; "
              "`sqlite3 FILE .recover` may save what came after."};
    case SQLITE_IOERR:
      return {fmt::format("the store cannot be read or written ({})",
                          sqlite3_errstr(exception.getExtendedErrorCode())),
              path, "Look for faults of the disk, and for a full one."};
    default:
      return {fmt::format("the store refused this: {}", exception.what()), path,
              "This is a fault of dskeeper; please report it."};
  }
}

}  // namespace dskeeper::store
