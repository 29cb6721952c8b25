// Keys of ldns that sign, for tests.
#pragma once

#include <gtest/gtest.h>
#include <ldns/ldns.h>

#include <memory>

#include "dns/records.h"
#include "dns/rrset.h"
#include "dns/wire_reader.h"

namespace dskeeper::dns::test {

inline const Name zone = Name::parse("kid.example.").value();
inline const Time now = parse_time("2026-11-24T03:00:00Z").value();
inline constexpr std::chrono::seconds second(1);
inline constexpr std::chrono::hours day(24);

struct FreeLdns {
  void operator()(ldns_key_list* keys) const { ldns_key_list_free(keys); }  // and the keys
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rr_list* records) const { ldns_rr_list_deep_free(records); }
};
template <typename T>
using Ldns = std::unique_ptr<T, FreeLdns>;

inline Bytes rdata_of(const ldns_rr* record) {
  ldns_buffer* buffer = ldns_buffer_new(LDNS_MAX_PACKETLEN);
  EXPECT_EQ(ldns_rr_rdata2buffer_wire(buffer, record), LDNS_STATUS_OK);
  const Bytes out(ldns_buffer_begin(buffer),
                  ldns_buffer_begin(buffer) + ldns_buffer_position(buffer));
  ldns_buffer_free(buffer);
  return out;
}

// A key pair of ldns that signs.
class Signer {
 public:
  Signer(Algorithm algorithm, std::uint16_t bits, const Name& owner = zone)
      : keys_(ldns_key_list_new()),
        key_(ldns_key_new_frm_algorithm(static_cast<ldns_signing_algorithm>(algorithm), bits)) {
    ldns_key_list_push_key(keys_.get(), key_);
    ldns_key_set_flags(key_, LDNS_KEY_ZONE_KEY);
    ldns_key_set_pubkey_owner(key_, ldns_dname_new_frm_str(owner.text().c_str()));
    const Ldns<ldns_rr> record(ldns_key2rr(key_));
    dnskey_ = Dnskey::from_rdata(rdata_of(record.get())).value();
    ldns_key_set_keytag(key_, ldns_calc_keytag(record.get()));
  }

  [[nodiscard]] const Dnskey& dnskey() const { return dnskey_; }

  [[nodiscard]] Rrsig sign(const Rrset& rrset, Time inception = now - day,
                           Time expiration = now + day) const {
    const Ldns<ldns_rr_list> records(ldns_rr_list_new());
    for (const Bytes& rdata : rrset.rdata) {
      Bytes wire(rrset.owner.wire().begin(), rrset.owner.wire().end());
      put_u16(wire, static_cast<std::uint16_t>(rrset.type));
      put_u16(wire, 1);
      put_u32(wire, rrset.ttl.seconds);
      put_u16(wire, static_cast<std::uint16_t>(rdata.size()));
      put_bytes(wire, rdata);
      ldns_rr* record = nullptr;
      std::size_t at = 0;
      EXPECT_EQ(ldns_wire2rr(&record, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER),
                LDNS_STATUS_OK);
      ldns_rr_list_push_rr(records.get(), record);
    }
    ldns_key_set_inception(key_, seconds_of(inception));
    ldns_key_set_expiration(key_, seconds_of(expiration));
    const Ldns<ldns_rr_list> signatures(ldns_sign_public(records.get(), keys_.get()));
    return Rrsig::from_rdata(rdata_of(ldns_rr_list_rr(signatures.get(), 0)), now).value();
  }

 private:
  static std::uint32_t seconds_of(Time time) {
    return static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  }

  Ldns<ldns_key_list> keys_;
  ldns_key* key_;  // the one in the list
  Dnskey dnskey_;
};

inline Rrset make_cds(const Name& owner = zone, std::uint8_t salt = 0) {
  Rrset rrset{owner, RecordType::cds, Ttl{3600}, {}, {}};
  for (std::uint8_t i = 0; i < 2; ++i) {
    Bytes rdata = {0x09, 0x43, 13, 2};
    rdata.insert(rdata.end(), 32, static_cast<std::uint8_t>(salt * 2U + i));
    rrset.rdata.push_back(rdata);
  }
  return rrset;
}

}  // namespace dskeeper::dns::test
