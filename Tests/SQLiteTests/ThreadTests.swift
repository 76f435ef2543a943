import Glibc
import SQLite
import Synchronization
import Testing

actor Counter {
  nonisolated let thread: SQLiteThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
  private let connection: Connection

  init(path: String) throws {
    thread = SQLiteThread(name: "counter")
    connection = try Connection(path: path, pragmas: ["journal_mode = WAL"])
    try connection.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER)")
  }

  func add(_ number: Int) throws -> UInt {
    try connection.transaction { try connection.run("INSERT INTO t VALUES (?)", .int(number)) }
    return UInt(pthread_self())
  }
}

@Suite struct ThreadTests {
  let file = TemporaryDatabase()

  @Test func anActorOnASQLiteThreadNeverLeavesIt() async throws {
    let counter = try Counter(path: file.path)
    let threads = try await withThrowingTaskGroup(of: UInt.self) { group in
      for number in 0..<200 { group.addTask { try await counter.add(number) } }
      return try await group.reduce(into: Set<UInt>()) { $0.insert($1) }
    }
    #expect(threads.count == 1)
    let sole = try await counter.thread.run { UInt(pthread_self()) }
    #expect(threads == [sole])
  }

  @Test func readersSeeWhatTheWriterCommittedAndRunAtOnce() async throws {
    let path = file.path
    let counter = try Counter(path: path)
    for number in 0..<10 { _ = try await counter.add(number) }
    let readers = try await ReaderThreads(count: 3, name: "reader") { try Connection(path: path, access: .readOnly) }
    let meeting = Meeting(3)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          let count = try await readers.read { connection in
            meeting.arrive()  // returns only when all three threads are inside a read
            return try connection.first("SELECT count(*) FROM t") { $0.int(0) }
          }
          #expect(count == 10)
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func aReaderThatCannotOpenIsAnErrorAtTheStart() async throws {
    await #expect(throws: SQLiteError.self) {
      _ = try await ReaderThreads(count: 2, name: "reader") { try Connection(path: "/nowhere/x.db", access: .readOnly) }
    }
  }

  @Test func aCallerCancelledBeforeItsTurnDoesNoWork() async throws {
    let readers = try await ReaderThreads(count: 1, name: "reader") { try Connection(path: ":memory:") }
    let ran = Flag()
    let cancelled = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await readers.read { _ in ran.set() }
    }
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    #expect(!ran.isSet)
    try await readers.read { _ in ran.set() }
    #expect(ran.isSet)
  }

  @Test func aLongQueryCanBeEndedFromOutside() async throws {
    let readers = try await ReaderThreads(count: 1, name: "reader") { try Connection(path: ":memory:") }
    let interruptor = try await readers.read { $0.interruptor }
    let counting = Task {
      try await readers.read { connection in
        try connection.first(
          """
          WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 1e12) SELECT count(*) FROM n
          """
        ) { $0.int(0) }
      }
    }
    let knocking = Task {
      while !Task.isCancelled {
        interruptor.interrupt()
        await Task.yield()
      }
    }
    await #expect {
      _ = try await counting.value
    } throws: { ($0 as? SQLiteError)?.isInterrupted == true }
    knocking.cancel()
  }
}

final class Flag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .sequentiallyConsistent) }
  func set() { flag.store(true, ordering: .sequentiallyConsistent) }
}

/// Holds threads until as many as expected have come.
final class Meeting: Sendable {
  private let arrived = Atomic<Int>(0)
  private let expected: Int
  init(_ expected: Int) { self.expected = expected }

  func arrive() {
    arrived.add(1, ordering: .sequentiallyConsistent)
    while arrived.load(ordering: .sequentiallyConsistent) < expected { sched_yield() }
  }
}
