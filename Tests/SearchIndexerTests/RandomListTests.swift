import Recurrence
import TaskQuery
import Testing

@testable import SearchIndexer

/// Random tasks of several owners, changed again and again, against a brute-force evaluation.
@Suite struct RandomListTests {
  static let owners = ["ada", "bob", "cy", "dee"]

  @Test(arguments: [1, 2, 1_258_453_803, UInt64.random(in: 3...UInt64(UInt32.max))]) func everyListIsWhatBruteForceSays(
    seed: UInt64
  )
    throws
  {
    print("RandomListTests: seed \(seed)")
    var random = RandomTasks(seed: seed)
    let index = try TemporaryIndex()
    let tasks = try fill(index, &random)
    let brute = BruteForce(clock: TemporaryIndex.clock)
    var (compared, found) = (0, 0)
    for _ in 0..<200 {
      let owner = random.random.pick(Self.owners)
      let (q, filter, sort) = (
        random.random.chance(40) ? random.search() : nil, random.random.chance(75) ? random.filter() : nil,
        random.random.chance(70) ? random.sort() : nil
      )
      let query = try ListQuery(q: q, filter: filter, sort: sort)
      let expected = brute.list(tasks.filter { $0.owner == owner }, query)
      let limit = 1 + random.random.below(200)
      let (items, totals) = try walk(index, owner, query, limit)
      let comment = Comment(
        rawValue: "seed \(seed) \(owner) q=\(q ?? "-") filter=\(filter ?? "-") sort=\(sort ?? "-") limit=\(limit)")
      try #require(items == expected.map { String(decoding: $0.json, as: UTF8.self) }, comment)
      try #require(totals.allSatisfy { $0 == Int64(expected.count) }, comment)
      compared += 1
      found += items.count
    }
    #expect(compared == 200 && found > 4_000)
  }

  /// A whole list page by page, and the total that each page named.
  private func walk(
    _ index: TemporaryIndex, _ owner: String, _ query: ListQuery, _ limit: Int
  ) throws -> (items: [String], totals: [Int64]) {
    var items: [String] = []
    var totals: [Int64] = []
    var cursor: String?
    repeat {
      let page = try index.reader.list(owner: owner, query, limit: limit, cursor: cursor, clock: TemporaryIndex.clock)
      #expect(page.items.count <= limit && (page.nextCursor == nil || page.items.count == limit))
      items += page.items.map { String(decoding: $0, as: UTF8.self) }
      totals.append(page.total)
      cursor = page.nextCursor
    } while cursor != nil
    return (items, totals)
  }

  private func fill(_ index: TemporaryIndex, _ random: inout RandomTasks) throws -> [IndexedTask] {
    var tasks: [UInt64: IndexedTask] = [:]
    // A task that comes again after its purge has a higher version, or the index would rightly pass it over.
    var versions: [UInt64: Int64] = [:]
    for round in 0..<12 {
      var records: [IndexBatch.Record] = []
      for _ in 0..<400 {
        let number = UInt64(random.random.below(3_000))
        if let task = tasks[number], random.random.chance(8) {
          tasks[number] = nil
          records.append(.purged(task.id))
          continue
        }
        let owner = Self.owners[Int(number) % Self.owners.count]
        let version = (versions[number] ?? Int64(round * 1_000)) + 1
        versions[number] = version
        let task = random.task(number, owner: owner, version: version)
        tasks[number] = task
        records.append(.task(task))
        if random.random.chance(10) {
          records.append(
            .task(
              task.with {
                $0.version -= 1; $0.title = "late"
              }))
        }
      }
      try index.apply(records)
    }
    try checkCounts(index, Array(tasks.values))
    return Array(tasks.values)
  }

  /// Tags and lists, after all the changes, are counted as if counted anew.
  private func checkCounts(_ index: TemporaryIndex, _ tasks: [IndexedTask]) throws {
    for owner in Self.owners {
      let live = tasks.filter { $0.owner == owner && $0.deletedAt == nil }
      let tags = Dictionary(
        grouping: live.flatMap { task in Set(task.tags.map(caseFolded)).map { ($0, task) } }, by: \.0)
      let lists = Dictionary(grouping: live, by: \.list)
      #expect(
        try index.reader.tags(owner: owner).map { "\(caseFolded($0.name)) \($0.open) \($0.done)" }.sorted()
          == tags.map { name, found in
            "\(name) \(found.count { $0.1.status == .open }) \(found.count { $0.1.status == .done })"
          }.sorted())
      #expect(
        try index.reader.lists(owner: owner).map { "\($0.name) \($0.open) \($0.done)" }.sorted()
          == lists.map { name, found in
            "\(name) \(found.count { $0.status == .open }) \(found.count { $0.status == .done })"
          }.sorted())
    }
  }
}
