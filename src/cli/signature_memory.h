// What signatures were verified, kept in a file beside the store from process to process.
//
// Only a file that is ours alone is believed (a plain file, of our user, nobody else may read or
// write it), and only one that is whole; any other is put aside and a new one begun, which costs
// verifications and nothing else. Written whole beside the old one and renamed; after a power cut
// it may be damaged, which is noticed. Two processes may write it: the last one stays.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/verified_signatures.h"

namespace dskeeper::cli {

// The end of the file's name, after that of the store.
inline constexpr std::string_view signatures_ending = ".signatures";

class SignatureMemory {
 public:
  explicit SignatureMemory(std::filesystem::path file);

  [[nodiscard]] const std::shared_ptr<dns::VerifiedSignatures>& known() const { return known_; }
  // Why the file was not believed; empty where it was, or where there is none.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

  // Writes the file, unless nothing has been learned since. From any thread.
  [[nodiscard]] Result<void> save();

 private:
  std::filesystem::path file_;
  std::shared_ptr<dns::VerifiedSignatures> known_;
  std::string trouble_;
  std::mutex saving_;
  std::uint64_t saved_ = 0;  // of known_->added()
};

}  // namespace dskeeper::cli
