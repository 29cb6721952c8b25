#include "dns/zone_file.h"

#include <fmt/core.h>
#include <ldns/ldns.h>
#include <stdio_ext.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "dns/canonical.h"
#include "dns/dsync.h"

namespace dskeeper::dns {
namespace {

constexpr std::size_t file_buffer_octets = 1U << 20U;
// The longest line, parentheses joined: 65535 octets of RDATA in hexadecimal, twice over.
constexpr std::size_t line_octets_max = 1U << 18U;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct FreeRdf {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
using Rdf = std::unique_ptr<ldns_rdf, FreeRdf>;
using File = std::unique_ptr<std::FILE, CloseFile>;
using Rr = std::unique_ptr<ldns_rr, FreeRr>;

// ldns replaces this one in place while it reads, so that a plain unique_ptr does not fit.
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

constexpr std::string_view space = " \t\r";

bool equal_without_case(std::string_view one, std::string_view other) {
  return one.size() == other.size() && strncasecmp(one.data(), other.data(), one.size()) == 0;
}

std::string_view take_field(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  const std::string_view field = text.substr(0, text.find_first_of(space));
  text.remove_prefix(field.size());
  return field;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(space) == std::string_view::npos;
}

// Where the RDATA of a DSYNC record begins in its line, and where its type stands; nothing where
// the line is of another type: [owner] [TTL] [class] type RDATA.
struct DsyncPlace {
  std::size_t type;
  std::size_t rdata;
};
std::optional<DsyncPlace> find_dsync(std::string_view line) {
  std::string_view rest = line;
  if (!line.starts_with(' ') && !line.starts_with('\t')) take_field(rest);
  for (int before_type = 0; before_type < 3; ++before_type) {
    const std::string_view field = take_field(rest);
    if (field.empty()) return std::nullopt;
    if (equal_without_case(field, "DSYNC")) {
      const std::size_t rdata = line.size() - rest.size();
      return DsyncPlace{rdata - field.size(), rdata};
    }
    const bool is_ttl = field.front() >= '0' && field.front() <= '9';
    if (!is_ttl && !equal_without_case(field, "IN")) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

// Lines, directives and DSYNC, which ldns 1.8 does not know, are ours, records ldns'. Its own
// reader of files takes unknown directives for records and does not know where a record began.
struct ZoneFileReader::State {
  std::string path;
  File file;
  std::string line;     // parentheses joined, comments removed
  int line_number = 1;  // of the line that follows
  int line_begin = 1;   // of the one being read
  Name origin_name;
  Rdf origin;
  RdfSlot previous;  // the last owner, for lines that begin with white space
  std::uint32_t default_ttl = 0;
  bool has_default_ttl = false;  // a $TTL was seen
  Bytes scratch;                 // RDATA before it is made canonical

  [[nodiscard]] tl::unexpected<Error> failure(std::string what, std::string remedy = {}) const {
    return fail(std::move(what), fmt::format("{}:{}", path, line_begin), std::move(remedy));
  }
  void set_origin(const Name& name);
  [[nodiscard]] Result<bool> read_line();
  [[nodiscard]] Result<void> obey(std::string_view directive);
  [[nodiscard]] Result<Record> parse_record();
  [[nodiscard]] Result<void> rewrite_dsync(const DsyncPlace& place, std::string& rewritten) const;
  [[nodiscard]] Result<Record> convert(const ldns_rr& rr);
};

void ZoneFileReader::State::set_origin(const Name& name) {
  origin_name = name;
  origin.reset(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.wire().size(), name.wire().data()));
}

// Reads up to a newline outside of parentheses (RFC 1035 §5.1) into `line`; false at the end of the
// file. Parentheses and newlines within become spaces, comments vanish, quotes and escapes stay.
Result<bool> ZoneFileReader::State::read_line() {
  std::FILE* stream = file.get();
  line.clear();
  line_begin = line_number;
  int depth = 0;
  bool in_quotes = false;
  bool in_comment = false;
  bool is_escaped = false;
  int c = getc_unlocked(stream);
  if (c == EOF && std::ferror(stream) == 0) return false;
  for (; c != EOF; c = getc_unlocked(stream)) {
    if (c == '\n') {
      ++line_number;
      if (in_quotes) return failure("a quoted text is not closed");
      if (depth == 0) return true;
      in_comment = false;
      is_escaped = false;
      c = ' ';
    } else if (in_comment) {
      continue;
    } else if (is_escaped) {
      is_escaped = false;
    } else if (c == '\\') {
      is_escaped = true;
    } else if (c == '"') {
      in_quotes = !in_quotes;
    } else if (!in_quotes && c == ';') {
      in_comment = true;
      continue;
    } else if (!in_quotes && (c == '(' || c == ')')) {
      depth += c == '(' ? 1 : -1;
      if (depth < 0) return failure("a parenthesis is closed that was not opened");
      c = ' ';
    } else if (c == '\r' || c == '\0') {
      c = ' ';
    }
    if (line.size() == line_octets_max) return failure("the line is too long");
    line += static_cast<char>(c);
  }
  if (std::ferror(stream) != 0) {
    return failure(fmt::format("the zone file cannot be read: {}", std::strerror(errno)));
  }
  if (in_quotes || depth != 0) return failure("the file ends inside quotes or parentheses");
  return true;
}

Result<void> ZoneFileReader::State::obey(std::string_view directive) {
  const std::string_view name = take_field(directive);
  const std::string value(take_field(directive));
  if (equal_without_case(name, "$INCLUDE")) {
    return failure("$INCLUDE is not accepted",
                   "Write the zone into one file, for example with named-compilezone.");
  }
  if (value.empty() || !is_blank(directive)) {
    return failure(fmt::format("{} wants exactly one value", name));
  }
  if (equal_without_case(name, "$ORIGIN")) {
    auto parsed = value == "@" ? Result<Name>(origin_name) : Name::parse(value);
    if (parsed && value != "@" && !value.ends_with('.')) parsed = origin_name.with_prefix(*parsed);
    if (!parsed) return failure(parsed.error().what);
    set_origin(*parsed);
    return {};
  }
  if (equal_without_case(name, "$TTL")) {
    const char* end = nullptr;
    default_ttl = ldns_str2period(value.c_str(), &end);
    if (end == value.c_str() || *end != '\0') return failure("$TTL wants a number of seconds");
    has_default_ttl = true;
    return {};
  }
  return failure(fmt::format("the directive {} is not known", name),
                 "Write the zone out in plain records, for example with named-compilezone.");
}

// Writes a DSYNC line in the generic form of RFC 3597, which ldns reads.
Result<void> ZoneFileReader::State::rewrite_dsync(const DsyncPlace& place,
                                                  std::string& rewritten) const {
  const std::string_view whole(line);
  const std::string_view rdata_text = whole.substr(place.rdata);
  rewritten = std::string(whole.substr(0, place.type)) + "TYPE66 ";
  if (rdata_text.find("\\#") != std::string_view::npos) {
    rewritten += rdata_text;
    return {};
  }
  const auto dsync = Dsync::parse(rdata_text, origin_name);
  if (!dsync) return failure(dsync.error().what, dsync.error().remedy);
  const Bytes rdata = dsync->to_rdata();
  rewritten += fmt::format("\\# {} {}", rdata.size(), to_hex(rdata));
  return {};
}

Result<Record> ZoneFileReader::State::parse_record() {
  std::string rewritten;
  const char* text = line.c_str();
  if (const auto dsync = find_dsync(line)) {
    if (auto done = rewrite_dsync(*dsync, rewritten); !done) return pass_on(std::move(done));
    text = rewritten.c_str();
  }
  ldns_rr* raw = nullptr;
  const ldns_status status =
      ldns_rr_new_frm_str(&raw, text, default_ttl, origin.get(), &previous.rdf);
  const Rr rr(raw);
  if (status != LDNS_STATUS_OK) {
    return failure(fmt::format("the record cannot be parsed: {}", ldns_get_errorstr_by_id(status)));
  }
  // RFC 1035 §5.1: without a TTL the last one stated; RFC 2308 §4 adds $TTL.
  if (!has_default_ttl) default_ttl = ldns_rr_ttl(rr.get());
  return convert(*rr);
}

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
  if (ldns_rr_get_type(&rr) == 0) return failure("a record has no type");
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
  state->set_origin(origin);
  state->previous.rdf = ldns_rdf_clone(state->origin.get());
  return ZoneFileReader(std::move(state));
}

Result<std::optional<Record>> ZoneFileReader::next() {
  State& state = *state_;
  while (true) {
    auto more = state.read_line();
    if (!more) return pass_on(std::move(more));
    if (!*more) return std::optional<Record>();
    const std::string_view line = state.line;
    if (is_blank(line)) continue;
    if (line.front() == '$') {
      if (auto obeyed = state.obey(line); !obeyed) return pass_on(std::move(obeyed));
      continue;
    }
    auto record = state.parse_record();
    if (!record) return pass_on(std::move(record));
    return std::optional<Record>(*std::move(record));
  }
}

std::string ZoneFileReader::where() const {
  return fmt::format("{}:{}", state_->path, state_->line_begin);
}

}  // namespace dskeeper::dns
