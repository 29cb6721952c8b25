#include "store/journal_check.h"

namespace dskeeper::store {

Result<JournalCheck> verify_journal(Store& store, const dns::Name& parent,
                                    const std::optional<Sha256>& noted_head,
                                    const std::function<void(const JournalEntry&)>& on_entry) {
  JournalCheck check;
  check.has_noted_head = !noted_head;
  Result<void> visited = store.visit_journal(parent, [&](const Result<JournalEntry>& entry) {
    const std::uint64_t expected = check.sound + 1;
    if (!entry || entry->number != expected || entry->hash != entry->event.chained(check.head)) {
      check.first_broken = expected;
      return false;
    }
    check.sound = expected;
    check.head = entry->hash;
    if (noted_head == check.head) check.has_noted_head = true;
    if (on_entry) on_entry(*entry);
    return true;
  });
  if (!visited) return pass_on(std::move(visited));
  return check;
}

}  // namespace dskeeper::store
