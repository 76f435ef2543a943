import Daemon
import DaprClient
import Recurrence

/// Moves a shard's watermark over the minutes whose pages are all empty, and deletes these pages with it.
struct WatermarkMove: Sendable {
  let reader: ScheduleReader
  let shard: Int
  /// The minute to come to at most.
  let target: Minute
  let now: Instant

  private static let attempts = 3
  /// Minutes read at a time.
  private static let step = 32

  /// Where others keep writing the shard's record it is left to the next tick.
  func run() async throws(ScheduleError) {
    for _ in 0..<Self.attempts where try await attempt() { return }
  }

  /// - Returns: false when another writer came first.
  private func attempt() async throws(ScheduleError) -> Bool {
    // The record is read before the pages: a page that is added meanwhile has changed it, and this write fails.
    let key = ScheduleKeys.shard(shard)
    let guardian = try ShardGuard(try await reader.get([key])[key], shard: shard, now: now)
    var watermark = guardian.record.watermark
    var deletes: [StateOperation] = []
    let room = TransactionSplit.operations - 1
    scan: while watermark < target {
      let minutes = (1...min(Self.step, target.sinceEpoch - watermark.sinceEpoch)).map { watermark.advanced(by: $0) }
      let runs = try await reader.runs(shard: shard, minutes.map(Slot.minute))
      for minute in minutes {
        guard let run = runs[.minute(minute)], run.isEmpty else { break scan }
        deletes += run.deletes
        // A minute with more pages than a transaction takes loses some now, from its end, and is passed in a later tick.
        guard deletes.count <= room else { break scan }
        watermark = minute
      }
    }
    if let late = try await reader.runs(shard: shard, [.late])[.late], late.isEmpty {
      deletes += late.deletes
    }
    guard watermark > guardian.record.watermark || !deletes.isEmpty else { return true }
    let write = guardian.write(ShardRecord(watermark: watermark))
    StopPoint.reach(.watermarkReady)
    guard try await reader.store.transaction(Array(deletes.prefix(room)) + [write]).isCommitted() else { return false }
    StopPoint.reach(.watermarkMoved)
    return true
  }
}
