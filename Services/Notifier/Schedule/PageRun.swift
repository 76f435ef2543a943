import DaprClient

/// The pages of one slot from page 0 to the first that is missing, as they were read, and what is to change in them.
struct PageRun: Sendable {
  struct Page: Sendable {
    var content: DuePage
    /// nil for a page that is not there yet.
    let etag: ETag?
    fileprivate(set) var isChanged = false
  }

  let shard: Int
  let slot: Slot
  private(set) var pages: [Page] = []
  private var places: [DueEntry: Int] = [:]

  init(shard: Int, slot: Slot) {
    self.shard = shard
    self.slot = slot
  }

  var isEmpty: Bool { pages.allSatisfy(\.content.entries.isEmpty) }

  /// Takes the next page as the store has it.
  mutating func append(_ content: DuePage, etag: ETag) {
    for entry in content.entries { places[entry] = pages.count }
    pages.append(Page(content: content, etag: etag))
  }

  /// Puts an entry on the first page with room, unless a page has it: what is done again changes nothing.
  mutating func add(_ entry: DueEntry) {
    guard places[entry] == nil else { return }
    let index = pages.firstIndex { $0.content.entries.count < DuePage.capacity } ?? pages.count
    if index == pages.count { pages.append(Page(content: DuePage(), etag: nil)) }
    pages[index].content.entries.append(entry)
    pages[index].isChanged = true
    places[entry] = index
  }

  /// Takes an entry off its page. The page stays, even empty, so that those behind it are still found.
  mutating func remove(_ entry: DueEntry) {
    guard let index = places.removeValue(forKey: entry) else { return }
    pages[index].content.entries.removeAll { $0 == entry }
    pages[index].isChanged = true
  }

  /// The writes that make the store so, each guarded by what was read.
  var writes: [StateOperation] {
    pages.enumerated().compactMap { index, page in
      guard page.isChanged else { return nil }
      return .upsert(
        ScheduleKeys.page(shard, slot, index), page.content.json, if: page.etag.map { .matches($0) } ?? .absent)
    }
  }

  /// Deletes all pages, the last first, so that the run has no hole wherever a transaction ends.
  var deletes: [StateOperation] {
    pages.enumerated().reversed().compactMap { index, page in
      page.etag.map { .delete(ScheduleKeys.page(shard, slot, index), if: .matches($0)) }
    }
  }
}
