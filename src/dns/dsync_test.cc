#include "dns/dsync.h"

#include <gtest/gtest.h>

namespace dskeeper::dns {
namespace {

Name name(std::string_view text) {
  return Name::parse(text).value();
}

constexpr std::string_view text = "CDS NOTIFY 5359 cds-scanner.example.net.";
const Bytes rdata =
    from_hex("003b 01 14ef 0b6364732d7363616e6e6572 076578616d706c65 036e6574 00").value();

TEST(Rfc9859, S2_TheExampleGoesBothWays) {
  const Dsync dsync = Dsync::parse(text).value();
  EXPECT_EQ(to_hex(dsync.to_rdata()), to_hex(rdata));
  EXPECT_EQ(Dsync::from_rdata(rdata).value(), dsync);
  EXPECT_EQ(dsync.text(), text);
  EXPECT_EQ(dsync.generic_text(), "\\# 30 " + to_hex(rdata));
}

TEST(Rfc9859, S2_1_ATruncatedOrCompressedRecordIsRefused) {
  for (std::size_t size = 0; size < rdata.size(); ++size) {
    EXPECT_FALSE(Dsync::from_rdata(ByteView(rdata).first(size))) << size;
  }
  EXPECT_FALSE(Dsync::from_rdata(from_hex("003b0114ef C000").value()));
  Bytes longer = rdata;
  longer.push_back(0);
  EXPECT_FALSE(Dsync::from_rdata(longer));
}

TEST(Rfc9859, S2_2_Presentation) {
  const struct {
    std::string_view text;
    std::string_view written;  // empty where it is refused
  } cases[] = {
      {"TYPE59 1 5359 a.", "CDS NOTIFY 5359 a."},
      {"csync 200 0 a", "CSYNC 200 0 a.example."},
      {"CDS NOTIFY 53 @", "CDS NOTIFY 53 example."},
      {"CDS NOTIFY 65536 a.", ""},
      {"CDS 256 53 a.", ""},
      {"CDS SCANNER 53 a.", ""},
      {"CDS NOTIFY 53", ""},
      {"CDS NOTIFY 53 a. b.", ""},
      {"NOSUCH NOTIFY 53 a.", ""},
      {"", ""},
  };
  for (const auto& row : cases) {
    const auto dsync = Dsync::parse(row.text, name("example."));
    EXPECT_EQ(dsync.has_value(), !row.written.empty()) << row.text;
    if (dsync) {
      EXPECT_EQ(dsync->text(), row.written);
    }
  }
}

TEST(Rfc9859, S3_TheLabelStandsInFrontOfTheParents) {
  const struct {
    std::string_view child;
    std::string_view parent;
    std::string_view written;
  } cases[] = {
      {"kid.example.", "example.", "kid._dsync.example."},
      {"example.", "example.", "_dsync.example."},
      {"subsub.sub.child.example.", "sub.child.example.", "subsub._dsync.sub.child.example."},
      {"subsub.sub.child.example.", "example.", "subsub.sub.child._dsync.example."},
      {"tld.", ".", "tld._dsync."},
      {".", ".", "_dsync."},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(dsync_name(name(row.child), name(row.parent)).value().text(), row.written);
  }
  EXPECT_FALSE(dsync_name(name("kid.example."), name("test.")));
}

// A name of 249 octets has no room for seven more.
TEST(Rfc9859, S4_1_ANameThatIsTooLongHasNoRecord) {
  const std::string label(61, 'a');
  const std::string long_name = label + '.' + label + '.' + label + '.' + std::string(61, 'b');
  EXPECT_TRUE(dsync_name(name(long_name.substr(1)), {}));
  EXPECT_FALSE(dsync_name(name(long_name), {}));
}

}  // namespace
}  // namespace dskeeper::dns
