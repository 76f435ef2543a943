import Daemon
import DaprClient

/// Makes a journal one's own after its lease is: protocols.md §1, rule 2.
struct JournalTakeover: Sendable {
  /// The event of a task as it stands in the store, from the value under `task/<id>`.
  typealias PresentState = @Sendable (StateEntry) -> OutgoingEvent?

  /// Tasks whose events surely fit into one bulk publish, which daprd takes up to 4 MiB.
  private static let readAtOnce = 16

  let store: any JournalStore
  let publication: Publication
  let settings: JournalSettings
  let time: MonotonicTime
  let presentState: PresentState

  /// Fences the slots and publishes what they name.
  /// - Returns: the slots, ready for use; nil when cancelled.
  func takeSlots(of journal: Journal) async -> [JournalSlot]? {
    guard let fenced = await fence(journal) else { return nil }
    let ids = Set(fenced.values.flatMap { $0.record.ids })
    guard await publishPresentState(ids.sorted()) else { return nil }
    return fenced.sorted { $0.key < $1.key }.map {
      JournalSlot(index: $0.key, etag: $0.value.etag, number: $0.value.record.number)
    }
  }

  private struct FencedSlot {
    let record: SlotRecord
    let etag: ETag
  }

  /// Rewrites every slot that does not show the lease yet, keeping its ids, until a read shows all of them with it. Then
  /// nothing that the former owner has sent can commit, since each of its transactions carries the ETag of a slot.
  private func fence(_ journal: Journal) async -> [Int: FencedSlot]? {
    let keys = (0..<settings.slots).map { JournalKey.slot(journal.number, $0) }
    var attempt = 0
    while true {
      if let entries = try? await store.get(all: keys) {
        var fenced: [Int: FencedSlot] = [:]
        var rewrites: [StateOperation] = []
        for (index, key) in keys.enumerated() {
          let entry = entries[key]
          let record = entry.flatMap { SlotRecord($0.value) }
          if let entry, let record, record.lease == journal.lease {
            fenced[index] = FencedSlot(record: record, etag: entry.etag)
          } else {
            let value = SlotRecord(lease: journal.lease, number: 0, ids: record?.ids ?? [])
            rewrites.append(.upsert(key, value.bytes, if: entry.map { .matches($0.etag) } ?? .absent))
          }
        }
        if rewrites.isEmpty { return fenced }
        if await store.transaction(rewrites) == .committed { continue }
      }
      attempt += 1
      do { try await time.sleep(settings.backoff(attempt)) } catch { return nil }
    }
  }

  private func publishPresentState(_ ids: [String]) async -> Bool {
    var rest = ids[...]
    var attempt = 0
    while !rest.isEmpty {
      StopPoint.reach(rest.count == ids.count ? .slotsFenced : .someRepublished)
      let keys = rest.prefix(Self.readAtOnce).map(TaskKeys.task)
      do throws(DaprError) {
        let entries = try await store.get(all: keys)
        // A task that is gone was purged, and its purger publishes the tombstone.
        let events = keys.compactMap { entries[$0] }.compactMap(presentState)
        guard await publication.publish(events, onDelay: {}) else { return false }
        rest = rest.dropFirst(Self.readAtOnce)
        attempt = 0
      } catch {
        attempt += 1
        do { try await time.sleep(settings.backoff(attempt)) } catch { return false }
      }
    }
    return true
  }
}
