import Daemon
import Glibc
import JSONLog
import Recurrence
import SQLite

/// The index on disk: its one writer, on a thread of its own.
actor IndexStore {
  private static let files = ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"]
  private static let idle: Duration = .seconds(1)

  private nonisolated let thread = SQLiteThread(name: "index-writer")
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  private let folder: String
  private var writer: IndexWriter?
  private var lastWrite = ContinuousClock.now
  private var isTidy = true

  init(folder: String) { self.folder = folder }

  private nonisolated var path: String { folder + "/" + Self.files[0] }

  /// Opens the index. One that is damaged, or of another layout, is thrown away: the topic holds all that it held.
  func open(log: Logger) throws {
    try DataFolder.make(folder)
    do {
      writer = try IndexWriter(path: path)
    } catch  where Self.isUnusable(error) {
      log.error("the index cannot be used and is built again", ["error": .describing(error)])
      discard()
      writer = try IndexWriter(path: path)
    }
  }

  /// Readers beside the writer, of an index that has been opened.
  nonisolated func readers(count: Int) async throws -> ReaderThreads<IndexReader> {
    try await ReaderThreads(count: count, name: "index-reader") { [path] in try IndexReader(path: path) }
  }

  /// How far each partition has been read.
  func positions() throws -> [PartitionPosition] { try Positions.all(in: opened().connection) }

  /// Applies whole batches, or on an error nothing.
  func apply(_ batches: [IndexBatch], now: Instant) throws -> IndexBatchOutcome {
    lastWrite = .now
    isTidy = false
    return try opened().apply(batches, now: now)
  }

  /// Begins partitions anew; their rows stay, in doubt.
  func renew(_ positions: [PartitionPosition], now: Instant) throws { try opened().renew(positions, now: now) }

  /// What task-api is to be asked by now.
  func questions(now: Instant, inverted: Int, limit: Int) throws -> [Doubts.Question] {
    try opened().questions(now: now, inverted: inverted, limit: limit)
  }

  func settle(postponed: [IndexedID: Instant], cleared: [IndexedID]) throws {
    try opened().settle(postponed: postponed, cleared: cleared)
  }

  /// Takes the files away: the next start builds the index again.
  func discard() {
    writer = nil
    for file in Self.files { unlink(folder + "/" + file) }
  }

  /// Merges what the search table has in pieces whenever nothing has come for a second, until cancelled.
  nonisolated func tidyWhenIdle() async throws {
    while true {
      try await Task.sleep(for: Self.idle)
      while try await tidyStep() { try Task.checkCancellation() }
    }
  }

  /// False when there is nothing to do now.
  private func tidyStep() throws -> Bool {
    guard !isTidy, lastWrite.duration(to: .now) >= Self.idle else { return false }
    isTidy = try !opened().merge()
    return !isTidy
  }

  /// Whether only building again helps.
  static func isUnusable(_ error: any Error) -> Bool {
    if let error = error as? SQLiteError { return error.isCorrupt }
    if case IndexError.otherLayout = error { return true }
    return false
  }

  private func opened() throws -> IndexWriter {
    guard let writer else { throw IndexError.notOpen }
    return writer
  }
}
