import DaprClient
import Synchronization

/// A slot of a held journal, as it was last read.
struct JournalSlot: Sendable {
  let index: Int
  var etag: ETag
  /// The highest number that has been sent for it under this lease.
  var number: Int
}

/// One journal that this process holds, from the claim of its lease until that is lost or given back.
final class Journal: Sendable {
  let number: Int
  /// Names this holding alone: a UUID.
  let lease: String

  private struct State {
    /// The last one freed goes first, so that few slots name old tasks.
    var freeSlots: [JournalSlot] = []
    var leaseETag: ETag
    var renewedAt: Duration
    var isLost = false
  }
  private let state: Mutex<State>

  init(number: Int, lease: String, leaseETag: ETag, claimedAt: Duration) {
    self.number = number
    self.lease = lease
    state = Mutex(State(leaseETag: leaseETag, renewedAt: claimedAt))
  }

  /// Has the slots used from now on. Only after everything that they named is published.
  func open(_ slots: [JournalSlot]) { state.withLock { $0.freeSlots = slots.reversed() } }

  /// A slot to write into; nil when all are busy, the lease is lost, or it was not renewed for `lapse`.
  func takeSlot(now: Duration, lapse: Duration) -> JournalSlot? {
    state.withLock { state in
      guard !state.isLost, now - state.renewedAt <= lapse else { return nil }
      return state.freeSlots.popLast()
    }
  }

  func canTakeSlot(now: Duration, lapse: Duration) -> Bool {
    state.withLock { !$0.isLost && now - $0.renewedAt <= lapse && !$0.freeSlots.isEmpty }
  }

  func release(_ slot: JournalSlot) { state.withLock { $0.freeSlots.append(slot) } }

  var freeSlotCount: Int { state.withLock { $0.freeSlots.count } }

  /// Another process has fenced this journal (protocols.md §1, rule 3).
  func lose() { state.withLock { $0.isLost = true } }
  var isLost: Bool { state.withLock { $0.isLost } }

  var leaseETag: ETag { state.withLock { $0.leaseETag } }
  func renewed(_ etag: ETag, at time: Duration) {
    state.withLock {
      $0.leaseETag = etag
      $0.renewedAt = time
    }
  }
}
