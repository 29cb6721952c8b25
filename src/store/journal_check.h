// Is a parent zone's journal what was written? Works on every store.
//
// Each entry's hash is over the entry before it, so that nothing can be altered, removed or put in
// without breaking the chain behind it. That its end was not cut off shows only against a head that
// was noted elsewhere: the log has one for each commit.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "dns/name.h"
#include "store/store.h"

namespace dskeeper::store {

struct JournalCheck {
  std::uint64_t sound = 0;                    // entries from the first on that are as written
  Sha256 head{};                              // hash of the last of them; zeros where none is
  std::optional<std::uint64_t> first_broken;  // the number of the first that is not
  bool has_noted_head = true;                 // the noted head is among the sound ones

  [[nodiscard]] bool is_whole() const { return !first_broken && has_noted_head; }
};

// Fails only where the store cannot be read at all. `on_entry` is shown each sound entry; it may be
// empty, and does not call the store.
[[nodiscard]] Result<JournalCheck> verify_journal(
    Store& store, const dns::Name& parent, const std::optional<Sha256>& noted_head = std::nullopt,
    const std::function<void(const JournalEntry&)>& on_entry = {});

}  // namespace dskeeper::store
