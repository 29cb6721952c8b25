#include "dns/zone_file.h"

#include <fmt/core.h>
#include <ldns/ldns.h>
#include <stdio_ext.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "dns/canonical.h"

namespace dskeeper::dns {
namespace {

constexpr std::size_t file_buffer_octets = 1U << 20U;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;
using Rr = std::unique_ptr<ldns_rr, FreeRr>;

// ldns replaces these in place while it reads, so that a plain unique_ptr does not fit.
struct RdfSlot {
  RdfSlot() = default;
  RdfSlot(const RdfSlot&) = delete;
  RdfSlot& operator=(const RdfSlot&) = delete;
  ~RdfSlot() { ldns_rdf_deep_free(rdf); }
  ldns_rdf* rdf = nullptr;
};

ByteView rdf_octets(const ldns_rdf& rdf) {
  return {ldns_rdf_data(&rdf), ldns_rdf_size(&rdf)};
}

}  // namespace

struct ZoneFileReader::State {
  std::string path;
  File file;
  RdfSlot origin;
  RdfSlot previous;  // the last owner, for lines that begin with white space
  std::uint32_t default_ttl = 0;
  int line = 1;
  Bytes scratch;  // RDATA before it is made canonical

  [[nodiscard]] tl::unexpected<Error> failure(std::string what, std::string remedy = {}) const {
    return fail(std::move(what), fmt::format("{}:{}", path, line), std::move(remedy));
  }
  [[nodiscard]] Result<Record> convert(const ldns_rr& rr);
};

Result<Record> ZoneFileReader::State::convert(const ldns_rr& rr) {
  if (ldns_rr_get_class(&rr) != LDNS_RR_CLASS_IN) {
    return failure("a record is not of class IN", "Remove it; dskeeper reads class IN only.");
  }
  const ldns_rdf* owner_rdf = ldns_rr_owner(&rr);
  if (owner_rdf == nullptr) return failure("a record has no owner name");
  auto owner = Name::from_wire(rdf_octets(*owner_rdf));
  if (!owner) return failure(owner.error().what);

  scratch.clear();
  for (std::size_t i = 0; i < ldns_rr_rd_count(&rr); ++i) {
    const ldns_rdf* field = ldns_rr_rdf(&rr, i);
    if (field == nullptr) return failure("a record lacks a field");
    const ByteView octets = rdf_octets(*field);
    scratch.insert(scratch.end(), octets.begin(), octets.end());
  }
  const auto type = static_cast<RecordType>(ldns_rr_get_type(&rr));
  auto rdata = canonical_rdata(type, scratch, 0, scratch.size());
  if (!rdata) return failure(rdata.error().what);
  return Record{*std::move(owner), type, Ttl{ldns_rr_ttl(&rr)}, *std::move(rdata)};
}

ZoneFileReader::ZoneFileReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZoneFileReader::ZoneFileReader(ZoneFileReader&&) noexcept = default;
ZoneFileReader& ZoneFileReader::operator=(ZoneFileReader&&) noexcept = default;
ZoneFileReader::~ZoneFileReader() = default;

Result<ZoneFileReader> ZoneFileReader::open(const std::filesystem::path& path, const Name& origin) {
  auto state = std::make_unique<State>();
  state->path = path.string();
  state->file.reset(std::fopen(path.c_str(), "re"));
  if (!state->file) {
    return fail(fmt::format("the zone file cannot be opened: {}", std::strerror(errno)),
                state->path, "Check the path, and that dskeeper's user may read it.");
  }
  // A folder opens but reads as empty, and an empty zone would look like one without delegations.
  struct stat status {};
  if (fstat(fileno(state->file.get()), &status) != 0 || S_ISDIR(status.st_mode)) {
    return fail("the zone file is a folder", state->path, "Name the file itself.");
  }
  std::setvbuf(state->file.get(), nullptr, _IOFBF, file_buffer_octets);
  __fsetlocking(state->file.get(), FSETLOCKING_BYCALLER);  // ldns reads octet by octet
  const ByteView wire = origin.wire();
  state->origin.rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, wire.size(), wire.data());
  state->previous.rdf = ldns_rdf_clone(state->origin.rdf);
  return ZoneFileReader(std::move(state));
}

Result<std::optional<Record>> ZoneFileReader::next() {
  State& state = *state_;
  std::FILE* file = state.file.get();
  while (std::feof(file) == 0) {
    ldns_rr* raw = nullptr;
    const ldns_status status = ldns_rr_new_frm_fp_l(
        &raw, file, &state.default_ttl, &state.origin.rdf, &state.previous.rdf, &state.line);
    const Rr rr(raw);
    switch (status) {
      case LDNS_STATUS_OK: {
        auto record = state.convert(*rr);
        if (!record) return pass_on(std::move(record));
        return std::optional<Record>(*std::move(record));
      }
      case LDNS_STATUS_SYNTAX_EMPTY:   // a comment or an empty line
      case LDNS_STATUS_SYNTAX_TTL:     // $TTL
      case LDNS_STATUS_SYNTAX_ORIGIN:  // $ORIGIN
        continue;
      case LDNS_STATUS_SYNTAX_INCLUDE:
      case LDNS_STATUS_SYNTAX_INCLUDE_ERR_NOTIMPL:
        return state.failure("$INCLUDE is not accepted",
                             "Write the zone into one file, for example with named-compilezone.");
      default:
        if (std::ferror(file) != 0) break;
        return state.failure(
            fmt::format("the zone file cannot be parsed: {}", ldns_get_errorstr_by_id(status)));
    }
    break;
  }
  if (std::ferror(file) != 0) {
    return state.failure(fmt::format("the zone file cannot be read: {}", std::strerror(errno)));
  }
  return std::optional<Record>();
}

}  // namespace dskeeper::dns
