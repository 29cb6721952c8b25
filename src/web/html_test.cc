#include "web/html.h"

#include <gtest/gtest.h>

namespace dskeeper::web {
namespace {

TEST(Html, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(element("p", {{"title", "\"><script>"}}, "<b>&'\"").markup(),
            "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt;&amp;&#39;&quot;</p>");
}

TEST(Html, IsPutTogetherFromParts) {
  EXPECT_EQ(element("ul", {}, element("li", {}, "a ", element("b", {}, std::string("c"))),
                    empty_element("br", {}))
                .markup(),
            "<ul><li>a <b>c</b></li><br></ul>");
}

// In the name of another direction a domain could look like another one.
TEST(Html, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(Html("a\x01"
                 "b\x7F"
                 "c\xC2\x85"
                 "d\xE2\x80\xAE"
                 "e\xE2\x81\xA6"
                 "f\n")
                .markup(),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c\xEF\xBF\xBD"
            "d\xEF\xBF\xBD"
            "e\xEF\xBF\xBD"
            "f\n");
  EXPECT_EQ(Html("b\xC3\xBC"
                 "cher \xE2\x80\x93")
                .markup(),
            "b\xC3\xBC"
            "cher \xE2\x80\x93");
}

}  // namespace
}  // namespace dskeeper::web
