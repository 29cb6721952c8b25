// The SQLite store's evidence: documents, and the blobs that they share.
//
// Each compressed value has a seal beside it, the start of its SHA-256: other octets may decompress
// to the same content, and no altered octet is to go unnoticed.
#include <algorithm>

#include "store/compression.h"
#include "store/sqlite_store_class.h"

namespace dskeeper::store {
namespace {

constexpr std::size_t document_octets_max = 64UL << 20U;
constexpr std::size_t blob_octets_max = 1UL << 20U;
constexpr std::size_t seal_octets = 8;

Bytes seal_of(ByteView compressed) {
  const Sha256 hash = sha256(compressed);
  return {hash.begin(), hash.begin() + seal_octets};
}

Result<Sha256> hash_of(ByteView column) {
  Sha256 hash{};
  if (column.size() != hash.size()) return fail("a hash has not 32 octets");
  std::ranges::copy(column, hash.begin());
  return hash;
}

Result<Bytes> open_sealed(Compressor& compressor, ByteView compressed, ByteView seal,
                          std::size_t octets_max) {
  if (!std::ranges::equal(seal_of(compressed), seal)) return fail("its stored form was altered");
  return compressor.decompress(compressed, octets_max);
}

std::string place_of(const Query& row) {
  return fmt::format("the evidence {} of {} of {}", to_hex(row.blob(0)).substr(0, 12), row.text(1),
                     format_time(time_of(row.column(2))));
}

}  // namespace

EvidenceStatements::EvidenceStatements(const SQLite::Database& database)
    : put(database,
          "INSERT INTO evidence (id, parent, child, at, grouping, octets, document, seal) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"),
      put_blob(database,
               "INSERT INTO blobs (hash, octets, seal) VALUES (?, ?, ?) "
               "ON CONFLICT (hash) DO NOTHING"),
      find_blob(database, "SELECT 1 FROM blobs WHERE hash = ?"),
      refer(database,
            "INSERT INTO evidence_blobs (evidence, blob) "
            "SELECT evidence.number, blobs.number FROM evidence, blobs "
            "WHERE evidence.id = ? AND blobs.hash = ? ON CONFLICT DO NOTHING"),
      blobs_of_id(database,
                  "SELECT blob FROM evidence_blobs "
                  "WHERE evidence = (SELECT number FROM evidence WHERE id = ?)"),
      remove(database, "DELETE FROM evidence WHERE id = ?"),
      remove_blob(database,
                  "DELETE FROM blobs WHERE number = ? AND NOT EXISTS "
                  "(SELECT 1 FROM evidence_blobs WHERE blob = blobs.number)"),
      older(database, "SELECT id FROM evidence WHERE parent = ? AND at < ?"),
      groups(database,
             "SELECT id, child, at, grouping, octets FROM evidence "
             "WHERE parent = ? AND grouping <> '' ORDER BY number"),
      visit(database,
            "SELECT id, child, at, grouping, octets, document, seal, number FROM evidence "
            "WHERE parent = ? AND at >= ? ORDER BY at, number"),
      latest(database,
             "SELECT id, child, at, grouping, octets, document, seal, number FROM evidence "
             "WHERE parent = ? AND child = ? ORDER BY number DESC LIMIT 1"),
      blobs(database,
            "SELECT hash, octets, seal FROM evidence_blobs JOIN blobs ON blobs.number = blob "
            "WHERE evidence = ? ORDER BY hash"),
      loose_blobs(database,
                  "SELECT COUNT(*) FROM blobs "
                  "WHERE number NOT IN (SELECT blob FROM evidence_blobs)"),
      loose_references(database,
                       "SELECT COUNT(*) FROM evidence_blobs "
                       "WHERE evidence NOT IN (SELECT number FROM evidence) "
                       "OR blob NOT IN (SELECT number FROM blobs)"),
      parents(database,
              "SELECT DISTINCT parent FROM journal UNION SELECT DISTINCT parent FROM evidence "
              "ORDER BY 1") {}

void SqliteStore::put(const PackedEvidence& evidence) {
  const Bytes document = compressor_.compress(as_bytes(evidence.document));
  Query(evidence_.put, evidence.id, evidence.parent.text(), evidence.child.text(), evidence.at,
        evidence.group, evidence.octets(), document, seal_of(document))
      .run();
  for (const EvidenceBlob& blob : evidence.blobs) {
    put(blob);
    Query(evidence_.refer, evidence.id, blob.hash).run();
  }
}

// Most are there already, and need not be compressed again.
void SqliteStore::put(const EvidenceBlob& blob) {
  if (Query(evidence_.find_blob, blob.hash).next()) return;
  const Bytes compressed = compressor_.compress(blob.octets);
  Query(evidence_.put_blob, blob.hash, compressed, seal_of(compressed)).run();
}

void SqliteStore::remove_evidence(const Sha256& id) {
  std::vector<std::uint64_t> blobs;
  {
    Query row(evidence_.blobs_of_id, id);
    while (row.next()) blobs.push_back(row.count(0));
  }
  Query(evidence_.remove, id).run();
  for (const std::uint64_t blob : blobs) Query(evidence_.remove_blob, blob).run();
}

Result<std::uint64_t> SqliteStore::prune_evidence(const dns::Name& parent, Time before,
                                                  const std::optional<Event>& event) {
  std::uint64_t count = 0;
  Result<void> pruned = in_transaction([&]() -> Result<void> {
    std::vector<Sha256> ids;
    {
      Query row(evidence_.older, parent.text(), before);
      while (row.next()) {
        Result<Sha256> id = readable(hash_of(row.blob(0)), "the id of evidence");
        if (!id) return pass_on(std::move(id));
        ids.push_back(*id);
      }
    }
    for (const Sha256& id : ids) remove_evidence(id);
    count = ids.size();
    return ids.empty() || !event ? Result<void>() : append({*event});
  });
  if (!pruned) return pass_on(std::move(pruned));
  return count;
}

// Of a row with the columns id, child, at, grouping, octets.
Result<EvidenceLabel> SqliteStore::label_of(const Query& row) {
  Result<Sha256> id = hash_of(row.blob(0));
  if (!id) return pass_on(std::move(id));
  Result<dns::Name> child = name_of(row.text(1));
  if (!child) return pass_on(std::move(child));
  return EvidenceLabel{.id = *id,
                       .child = *std::move(child),
                       .at = time_of(row.column(2)),
                       .group = row.text(3),
                       .octets = row.count(4)};
}

Result<void> SqliteStore::visit_evidence_groups(
    const dns::Name& parent, const std::function<void(const EvidenceLabel&)>& visitor) {
  return guarded(path_, [&]() -> Result<void> {
    Query row(evidence_.groups, parent.text());
    while (row.next()) {
      Result<EvidenceLabel> label = readable(label_of(row), "the label of evidence");
      if (!label) return pass_on(std::move(label));
      visitor(*label);
    }
    return {};
  });
}

Result<PackedEvidence> SqliteStore::evidence_of(const Query& row, const dns::Name& parent) {
  Result<EvidenceLabel> label = label_of(row);
  if (!label) return pass_on(std::move(label));
  Result<Bytes> document = open_sealed(compressor_, row.blob(5), row.blob(6), document_octets_max);
  if (!document) return pass_on(std::move(document));
  PackedEvidence out{.id = label->id,
                     .parent = parent,
                     .child = std::move(label->child),
                     .at = label->at,
                     .group = std::move(label->group),
                     .document = std::string(document->begin(), document->end()),
                     .blobs = {}};
  Query blob(evidence_.blobs, row.count(7));
  while (blob.next()) {
    Result<Sha256> hash = hash_of(blob.blob(0));
    if (!hash) return pass_on(std::move(hash));
    Result<Bytes> octets = open_sealed(compressor_, blob.blob(1), blob.blob(2), blob_octets_max);
    if (!octets) return pass_on(std::move(octets));
    out.blobs.push_back({*hash, *std::move(octets)});
  }
  if (out.octets() != label->octets) return fail("its size is not what was noted");
  return out;
}

Result<std::optional<PackedEvidence>> SqliteStore::latest_evidence(const dns::Name& parent,
                                                                   const dns::Name& child) {
  return guarded(path_, [&]() -> Result<std::optional<PackedEvidence>> {
    Query row(evidence_.latest, parent.text(), child.text());
    if (!row.next()) return std::optional<PackedEvidence>();
    Result<PackedEvidence> found =
        readable(evidence_of(row, parent), [&] { return place_of(row); });
    if (!found) return pass_on(std::move(found));
    return std::optional(*std::move(found));
  });
}

Result<void> SqliteStore::visit_evidence(
    const dns::Name& parent, Time since,
    const std::function<bool(const Result<PackedEvidence>&)>& visitor) {
  return guarded(path_, [&]() -> Result<void> {
    Query row(evidence_.visit, parent.text(), since);
    while (row.next()) {
      if (!visitor(readable(evidence_of(row, parent), [&] { return place_of(row); }))) break;
    }
    return {};
  });
}

Result<std::uint64_t> SqliteStore::count_loose_evidence() {
  return guarded(path_, [&]() -> Result<std::uint64_t> {
    std::uint64_t count = 0;
    for (SQLite::Statement* statement : {&evidence_.loose_blobs, &evidence_.loose_references}) {
      Query row(*statement);
      if (row.next()) count += row.count(0);
    }
    return count;
  });
}

Result<std::vector<dns::Name>> SqliteStore::parents() {
  return guarded(path_, [&]() -> Result<std::vector<dns::Name>> {
    std::vector<dns::Name> parents;
    Query row(evidence_.parents);
    while (row.next()) {
      Result<dns::Name> parent = readable(name_of(row.text(0)), "a parent zone's name");
      if (!parent) return pass_on(std::move(parent));
      parents.push_back(*std::move(parent));
    }
    return parents;
  });
}

}  // namespace dskeeper::store
