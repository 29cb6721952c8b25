#include "parent/name_server_update.h"

#include <algorithm>
#include <array>
#include <vector>

#include "dns/update.h"

namespace dskeeper::parent {
namespace {

using dns::RecordType;

constexpr std::array<RecordType, 2> families = {RecordType::a, RecordType::aaaa};

std::vector<Bytes> rdata_of(const std::vector<IpAddress>& glue, RecordType type) {
  std::vector<Bytes> rdata;
  for (const IpAddress& address : glue) {
    if (address.is_v4() != (type == RecordType::a)) continue;
    rdata.emplace_back(address.octets().begin(), address.octets().end());
  }
  return rdata;
}

std::vector<Bytes> rdata_of(const std::vector<NameServer>& servers) {
  std::vector<Bytes> rdata;
  for (const NameServer& server : servers) {
    rdata.emplace_back(server.host.wire().begin(), server.host.wire().end());
  }
  return rdata;
}

const NameServer* find(const std::vector<NameServer>& servers, const dns::Name& host) {
  const auto found = std::ranges::find(servers, host, &NameServer::host);
  return found == servers.end() ? nullptr : &*found;
}

class Encoder {
 public:
  Encoder(const dns::Name& zone, const Change& change, dns::Ttl ttl)
      : change_(change), edit_(*change.name_servers), ttl_(ttl), update_(zone) {}

  Result<Bytes> encode(std::uint16_t id) {
    require();
    replace_names();
    for (const NameServer& server : edit_.before) {
      const bool is_kept =
          find(edit_.after, server.host) != nullptr || find(edit_.lent, server.host) != nullptr;
      if (is_inside(server.host) && !is_kept) put_glue(server.host, server.glue, {});
    }
    for (const NameServer& server : edit_.after) {
      if (is_inside(server.host)) put_glue(server.host, standing_glue(server.host), server.glue);
    }
    return update_.encode(id);
  }

 private:
  [[nodiscard]] bool is_inside(const dns::Name& host) const {
    return host.is_at_or_below(change_.child);
  }

  [[nodiscard]] std::vector<IpAddress> standing_glue(const dns::Name& host) const {
    if (const NameServer* server = find(edit_.before, host)) return server->glue;
    if (const NameServer* server = find(edit_.lent, host)) return server->glue;
    return {};
  }

  void require() {
    std::vector<Bytes> ds;
    for (const dns::Ds& record : change_.before) ds.push_back(record.to_rdata());
    update_.require_equal(change_.child, RecordType::ds, ds);
    update_.require_equal(change_.child, RecordType::ns, rdata_of(edit_.before));
    for (const NameServer& server : edit_.before) require_glue(server);
    for (const NameServer& server : edit_.lent) {
      const bool is_concerned = find(edit_.after, server.host) != nullptr;
      if (is_concerned && find(edit_.before, server.host) == nullptr) require_glue(server);
    }
  }

  void require_glue(const NameServer& server) {
    if (!is_inside(server.host)) return;
    for (const RecordType type : families) {
      update_.require_equal(server.host, type, rdata_of(server.glue, type));
    }
  }

  void replace_names() {
    const std::vector<Bytes> after = rdata_of(edit_.after);
    if (after == rdata_of(edit_.before)) return;
    update_.delete_rrset(change_.child, RecordType::ns);
    for (const Bytes& rdata : after) update_.add({change_.child, RecordType::ns, ttl_, rdata});
  }

  // Of a host that is new here, what a zone may have left over from before is replaced, too.
  void put_glue(const dns::Name& host, const std::vector<IpAddress>& before,
                const std::vector<IpAddress>& after) {
    const bool is_new = find(edit_.before, host) == nullptr;
    for (const RecordType type : families) {
      const std::vector<Bytes> rdata = rdata_of(after, type);
      if (!is_new && rdata == rdata_of(before, type)) continue;
      update_.delete_rrset(host, type);
      for (const Bytes& one : rdata) update_.add({host, type, ttl_, one});
    }
  }

  const Change& change_;
  const NameServersEdit& edit_;
  dns::Ttl ttl_;
  dns::UpdateMessage update_;
};

}  // namespace

Result<Bytes> encode_name_servers(const dns::Name& zone, const Change& change, dns::Ttl ttl,
                                  std::uint16_t id) {
  return Encoder(zone, change, ttl).encode(id);
}

}  // namespace dskeeper::parent
