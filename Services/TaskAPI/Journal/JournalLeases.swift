import Daemon
import DaprClient

/// Claims, renews and gives back leases of journals.
struct JournalLeases: Sendable {
  let store: any JournalStore
  let time: MonotonicTime

  /// Takes a lease that stands as `seen`, or that is not there yet. nil when another process was first, or nothing is known.
  func claim(_ number: Int, seen: StateEntry?, lease: String) async -> Journal? {
    let claimedAt = time.now()
    let key = JournalKey.lease(number)
    // Whatever the answer says, the read tells: daprd may run a write twice and answer with the second one's conflict.
    try? await store.save(
      .upsert(key, LeaseRecord(lease: lease).bytes, if: seen.map { .matches($0.etag) } ?? .absent))
    guard let entry = try? await store.get(key), LeaseRecord(entry.value)?.lease == lease else { return nil }
    return Journal(number: number, lease: lease, leaseETag: entry.etag, claimedAt: claimedAt)
  }

  /// Writes the lease anew; marks the journal lost when it is another's. A failure leaves it as it was, to be tried again.
  func renew(_ journal: Journal) async {
    let startedAt = time.now()
    let key = JournalKey.lease(journal.number)
    let before = journal.leaseETag
    try? await store.save(.upsert(key, LeaseRecord(lease: journal.lease).bytes, if: .matches(before)))
    StopPoint.reach(.journalRenewed)
    guard let entry = try? await store.get(key) else { return }
    guard LeaseRecord(entry.value)?.lease == journal.lease else { return journal.lose() }
    if entry.etag != before { journal.renewed(entry.etag, at: startedAt) }
  }

  /// Says that nobody holds the journal any more. Only when everything that its slots name is published.
  func giveBack(_ journal: Journal) async {
    try? await store.save(
      .upsert(JournalKey.lease(journal.number), LeaseRecord.free.bytes, if: .matches(journal.leaseETag)))
  }
}

/// Which leases have stood still so long that their owners are taken for dead. One watcher's own clock decides.
struct LeaseWatch {
  private var seen: [Int: (etag: ETag, since: Duration)] = [:]

  /// Notes how the leases stand now.
  /// - Returns: the journals whose lease has not changed for `period`.
  mutating func stale(_ leases: [Int: ETag], now: Duration, period: Duration) -> [Int] {
    var stale: [Int] = []
    for (journal, etag) in leases {
      guard let known = seen[journal], known.etag == etag else {
        seen[journal] = (etag, now)
        continue
      }
      if now - known.since >= period { stale.append(journal) }
    }
    seen = seen.filter { leases[$0.key] != nil }
    return stale.sorted()
  }
}
