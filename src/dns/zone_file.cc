#include "dns/zone_file.h"

#include <fmt/core.h>
#include <ldns/ldns.h>
#include <strings.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "dns/canonical.h"
#include "dns/dsync.h"
#include "dns/fields.h"
#include "dns/text_file.h"
#include "dns/zone_record.h"

namespace dskeeper::dns {
namespace {

constexpr Ttl ttl_without_any{3600};  // where the file states none, as ldns
// The longest line, parentheses joined: 65535 octets of RDATA in hexadecimal, twice over.
constexpr std::size_t line_octets_max = 1U << 18U;

struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct FreeRdf {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
using Rdf = std::unique_ptr<ldns_rdf, FreeRdf>;
using Rr = std::unique_ptr<ldns_rr, FreeRr>;

ByteView rdf_octets(const ldns_rdf& rdf) {
  return {ldns_rdf_data(&rdf), ldns_rdf_size(&rdf)};
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(white_space) == std::string_view::npos;
}

bool is_directive(std::string_view text, std::string_view name) {
  return text.size() == name.size() && strncasecmp(text.data(), name.data(), name.size()) == 0;
}

Rdf rdf_of(const Name& name) {
  return Rdf(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.wire().size(), name.wire().data()));
}

}  // namespace

// Lines, directives and plain records are ours (zone_record.h), the others ldns'. Its own reader of
// files takes unknown directives for records, does not know where a record began, and is slow.
struct ZoneFileReader::State {
  explicit State(TextFile text) : file(std::move(text)) {}
  std::string path;
  TextFile file;
  std::vector<RecordType> types;  // all when empty
  std::string line;               // parentheses joined, comments removed
  int line_number = 1;            // of the line that follows
  int line_begin = 1;             // of the one being read
  Name origin;
  Name previous;                   // the last owner, for lines that begin with white space
  std::optional<Ttl> default_ttl;  // $TTL, or else the last one stated (RFC 1035 §5.1)
  bool has_ttl_directive = false;
  bool ends_in_newline = true;  // what was read so far
  Bytes scratch;                // RDATA before it is made canonical

  [[nodiscard]] tl::unexpected<Error> failure(std::string what, std::string remedy = {}) const {
    return fail(std::move(what), fmt::format("{}:{}", path, line_begin), std::move(remedy));
  }
  [[nodiscard]] bool wants(RecordType type) const {
    return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
  }
  [[nodiscard]] Result<bool> read_line();
  [[nodiscard]] Result<void> obey(std::string_view directive);
  [[nodiscard]] Result<std::optional<Record>> take_record();
  [[nodiscard]] Result<Record> parse_by_ldns();
  [[nodiscard]] Result<Record> convert(const ldns_rr& rr);
};

// Reads up to a newline outside of parentheses (RFC 1035 §5.1) into `line`; false at the end of the
// file. Parentheses and newlines within become spaces, comments vanish, quotes and escapes stay.
Result<bool> ZoneFileReader::State::read_line() {
  line_begin = line_number;
  if (file.take_plain_line(line)) {
    if (line.size() > line_octets_max) return failure("the line is too long");
    ++line_number;
    ends_in_newline = true;
    return true;
  }
  line.clear();
  int depth = 0;
  bool in_quotes = false;
  bool in_comment = false;
  bool is_escaped = false;
  int c = file.next();
  if (c == EOF && !file.has_failed()) return false;
  for (; c != EOF; c = file.next()) {
    // No text holds it, but files that a crash left behind end in many.
    if (c == '\0') return failure("the line holds an octet of zero", "Is the file damaged?");
    ends_in_newline = c == '\n';
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
    } else if (c == '\r') {
      c = ' ';
    }
    if (line.size() == line_octets_max) return failure("the line is too long");
    line += static_cast<char>(c);
  }
  if (file.has_failed()) {
    return failure(fmt::format("the zone file cannot be read: {}", std::strerror(errno)));
  }
  if (in_quotes || depth != 0) return failure("the file ends inside quotes or parentheses");
  return true;
}

Result<void> ZoneFileReader::State::obey(std::string_view directive) {
  const std::string_view name = take_field(directive);
  const std::string value(take_field(directive));
  if (is_directive(name, "$INCLUDE")) {
    return failure("$INCLUDE is not accepted",
                   "Write the zone into one file, for example with named-compilezone.");
  }
  if (value.empty() || !is_blank(directive)) {
    return failure(fmt::format("{} wants exactly one value", name));
  }
  if (is_directive(name, "$ORIGIN")) {
    auto parsed = parse_zone_name(value, origin);
    if (!parsed) return failure(parsed.error().what);
    origin = *std::move(parsed);
    return {};
  }
  if (is_directive(name, "$TTL")) {
    const char* end = nullptr;
    default_ttl = Ttl{ldns_str2period(value.c_str(), &end)};
    if (end == value.c_str() || *end != '\0') return failure("$TTL wants a number of seconds");
    has_ttl_directive = true;
    return {};
  }
  return failure(fmt::format("the directive {} is not known", name),
                 "Write the zone out in plain records, for example with named-compilezone.");
}

// The record of the line; nothing where its type is not wanted.
Result<std::optional<Record>> ZoneFileReader::State::take_record() {
  auto plain = split_record(line, origin, previous);
  std::optional<Bytes> rdata;
  const bool is_wanted = !plain || wants(plain->type);
  if (plain && is_wanted) rdata = plain_rdata(*plain, origin);
  Record record;
  if (rdata || !is_wanted) {
    record = {plain->owner, plain->type, {}, rdata.value_or(Bytes{})};
  } else if (plain && plain->type == RecordType::dsync) {  // ldns 1.8 does not know it
    const auto dsync = Dsync::parse(plain->rdata, origin);
    return dsync ? failure("a DSYNC record is malformed")
                 : failure(dsync.error().what, dsync.error().remedy);
  } else {
    auto parsed = parse_by_ldns();
    if (!parsed) return pass_on(std::move(parsed));
    record = *std::move(parsed);
  }
  if (plain) record.ttl = plain->ttl.value_or(default_ttl.value_or(ttl_without_any));
  previous = record.owner;
  if (!has_ttl_directive) default_ttl = record.ttl;
  if (!wants(record.type)) return std::optional<Record>();
  return std::optional<Record>(std::move(record));
}

Result<Record> ZoneFileReader::State::parse_by_ldns() {
  const Rdf origin_rdf = rdf_of(origin);
  ldns_rdf* previous_rdf = rdf_of(previous).release();  // ldns replaces it
  ldns_rr* raw = nullptr;
  const std::uint32_t ttl = default_ttl.value_or(ttl_without_any).seconds;
  const ldns_status status =
      ldns_rr_new_frm_str(&raw, line.c_str(), ttl, origin_rdf.get(), &previous_rdf);
  const Rr rr(raw);
  const Rdf owned_previous(previous_rdf);
  if (status != LDNS_STATUS_OK) {
    return failure(fmt::format("the record cannot be parsed: {}", ldns_get_errorstr_by_id(status)));
  }
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

Result<ZoneFileReader> ZoneFileReader::open(const std::filesystem::path& path, const Name& origin,
                                            std::vector<RecordType> types) {
  auto file = TextFile::open(path);
  if (!file) return pass_on(std::move(file));
  auto state = std::make_unique<State>(*std::move(file));
  state->path = path.string();
  state->origin = origin;
  state->previous = origin;
  state->types = std::move(types);
  return ZoneFileReader(std::move(state));
}

void ZoneFileReader::want(std::vector<RecordType> types) {
  state_->types = std::move(types);
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
    auto record = state.take_record();
    if (!record || *record) return record;
  }
}

bool ZoneFileReader::ends_in_newline() const {
  return state_->ends_in_newline;
}

std::string ZoneFileReader::where() const {
  return fmt::format("{}:{}", state_->path, state_->line_begin);
}

}  // namespace dskeeper::dns
