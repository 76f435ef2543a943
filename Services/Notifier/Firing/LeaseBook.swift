import Daemon
import DaprClient
import JSON
import TaskModel

/// Which shards this replica may fire, decided without I/O or clock (protocols.md §1, leases).
///
/// A lease is a plain key, written alone with its ETag. Whoever has seen the same ETag for `takeover` of its own clock may take
/// it. The holder writes it each `renewal` and counts its own `lapse` from before that write left.
struct LeaseBook {
  /// A write to try: succeeds only while nobody else has written the key.
  struct Attempt: Sendable {
    let shard: Int
    let write: StateOperation
  }

  static let free = "free"

  let replica: String
  let times: LeaseTimes
  /// Until when each shard is held, and since when by its last renewal.
  private var held: [Int: (renewed: Duration, until: Duration)] = [:]
  /// Leases of others: the ETag last seen, and since when.
  private var seen: [Int: (etag: ETag, since: Duration)] = [:]
  private var writes = 0

  init(replica: String, times: LeaseTimes = LeaseTimes()) {
    self.replica = replica
    self.times = times
  }

  func held(at now: Duration) -> [Int] { held.filter { $0.value.until > now }.keys.sorted() }

  /// Whether a send may begin.
  func maySend(_ shard: Int, at now: Duration) -> Bool {
    held[shard].map { $0.until - now >= times.margin } ?? false
  }

  /// Whether the leases must be looked at: to renew them, or because others hold some.
  func isLookDue(at now: Duration) -> Bool {
    (0..<OwnerPartition.count).contains { shard in held[shard].map { now - $0.renewed >= times.renewal } ?? true }
  }

  /// What to write, seeing `entries` (by key).
  mutating func attempts(_ entries: [String: StateEntry], at now: Duration) -> [Attempt] {
    var attempts: [Attempt] = []
    for shard in 0..<OwnerPartition.count {
      let key = ScheduleKeys.lease(shard)
      guard let entry = entries[key] else {
        attempts.append(attempt(shard, key, replica, .absent))
        continue
      }
      let holder = Self.holder(entry.value)
      if holder != replica { held[shard] = nil }
      guard holder == replica || holder == Self.free || isStale(shard, entry.etag, now) else { continue }
      if let lease = held[shard], now - lease.renewed < times.renewal, lease.until > now { continue }
      attempts.append(attempt(shard, key, replica, .matches(entry.etag)))
    }
    return attempts
  }

  /// An attempt came true; `sent` is the time before it left.
  mutating func acquired(_ shard: Int, sent: Duration) {
    held[shard] = (sent, sent + times.lapse)
    seen[shard] = nil
  }

  /// Another replica was first.
  mutating func lost(_ shard: Int) { held[shard] = nil }

  /// Gives up all leases: what to write so that others need not wait.
  mutating func release(_ entries: [String: StateEntry]) -> [Attempt] {
    held = [:]
    return (0..<OwnerPartition.count).compactMap { shard in
      let key = ScheduleKeys.lease(shard)
      guard let entry = entries[key], Self.holder(entry.value) == replica else { return nil }
      return attempt(shard, key, Self.free, .matches(entry.etag))
    }
  }

  private mutating func isStale(_ shard: Int, _ etag: ETag, _ now: Duration) -> Bool {
    guard let last = seen[shard], last.etag == etag else {
      seen[shard] = (etag, now)
      return false
    }
    return now - last.since >= times.takeover
  }

  private mutating func attempt(
    _ shard: Int, _ key: String, _ holder: String, _ precondition: StateOperation.Precondition
  ) -> Attempt {
    writes += 1
    // The number makes each value another, for stores whose ETag is a hash of it.
    let value = JSONValue.object([.init("holder", .string(holder)), .init("number", .int(writes))])
    return Attempt(shard: shard, write: .upsert(key, value.bytes, if: precondition))
  }

  /// A value that cannot be read belongs to somebody unknown.
  private static func holder(_ value: [UInt8]) -> String {
    (try? JSONValue(parsing: value))?["holder"]?.string ?? "unreadable"
  }
}
