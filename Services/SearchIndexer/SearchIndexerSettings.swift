import Daemon
import Glibc

/// What search-indexer is told beside what every daemon is.
struct SearchIndexerSettings: DaemonSettings {
  static let defaultPort: UInt16 = 8081

  /// The broker's addresses.
  let kafka: String
  /// The folder of the index; losing it costs the time of reading the topic again.
  let data: String
  /// Threads that answer queries.
  let readers: Int

  init(from reader: inout SettingsReader) {
    kafka = reader.string("TASKMESH_KAFKA", default: "127.0.0.1:9092", "addresses of the broker")
    data = reader.string("TASKMESH_DATA", default: ".taskmesh/search-indexer", "folder of the index")
    readers = reader.int(
      "TASKMESH_READERS", default: max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))), in: 1...64,
      "threads that answer queries")
  }
}
