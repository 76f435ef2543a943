import Daemon
import DaprClient

/// Finds out whether a transaction that was not answered by 204 or 400 committed: protocols.md §1, rule 1.
struct Settlement: Sendable {
  enum Verdict: Sendable {
    /// It committed; the slot as it stands.
    case committed(JournalSlot)
    /// It can never commit; the slot as it stands.
    case void(JournalSlot)
    /// Another process has the journal.
    case lost
  }

  let store: any JournalStore
  let settings: JournalSettings
  let time: MonotonicTime
  let journal: Journal

  /// - Parameters:
  ///   - slot: with the ETag that it had before the transaction, whose number it carries.
  ///   - onDelay: called once when the first look does not tell.
  /// - Returns: nil when cancelled before anything is known.
  func settle(_ slot: JournalSlot, onDelay: @Sendable () async -> Void) async -> Verdict? {
    let key = JournalKey.slot(journal.number, slot.index)
    let transaction = slot.number
    var last = slot.number
    var attempt = 0
    while true {
      last += 1
      let rewrite = SlotRecord(lease: journal.lease, number: last, ids: [])
      try? await store.save(.upsert(key, rewrite.bytes, if: .matches(slot.etag)))
      StopPoint.reach(.slotRewritten)
      if let entry = try? await store.get(key), let record = SlotRecord(entry.value) {
        let settled = JournalSlot(index: slot.index, etag: entry.etag, number: last)
        if record.lease != journal.lease { return .lost }
        if record.number == transaction { return .committed(settled) }
        if record.number > transaction { return .void(settled) }
      }
      attempt += 1
      if attempt == 1 { await onDelay() }
      do { try await time.sleep(settings.backoff(attempt)) } catch { return nil }
    }
  }

  /// The slot after a transaction that committed, with the ETag that Dapr does not tell.
  /// - Returns: nil when the journal is lost, or the task cancelled.
  func readBack(_ slot: JournalSlot) async -> JournalSlot? {
    let key = JournalKey.slot(journal.number, slot.index)
    var attempt = 0
    while true {
      if let entry = try? await store.get(key), let record = SlotRecord(entry.value) {
        guard record.lease == journal.lease else {
          journal.lose()
          return nil
        }
        if record.number == slot.number {
          return JournalSlot(index: slot.index, etag: entry.etag, number: slot.number)
        }
      }
      attempt += 1
      do { try await time.sleep(settings.backoff(attempt)) } catch { return nil }
    }
  }
}
