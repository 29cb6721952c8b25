// Nothing that a stranger wrote takes hold of the reader's terminal.
#include "cli/shown_text.h"

#include <gtest/gtest.h>

namespace dskeeper::cli {
namespace {

struct Row {
  std::string_view text;
  std::string_view shown;
};

TEST(ShownText, ControlCharactersAndChangesOfDirectionAreSpelledOut) {
  for (const Row& row : {Row{"bücher § … →\nnext", "bücher § … →\nnext"},
                         Row{"\x1B[31mred", "\\027[31mred"}, Row{"a\r\tb\x7F", "a\\013\\009b\\127"},
                         Row{"\xC2\x9B"
                             "31m",
                             "\\194\\15531m"},
                         Row{"\xE2\x80\xAE"
                             "evil",
                             "\\226\\128\\174evil"},
                         Row{"\xC2", "\xC2"}, Row{"", ""}}) {
    EXPECT_EQ(shown_text(row.text), row.shown);
  }
}

}  // namespace
}  // namespace dskeeper::cli
