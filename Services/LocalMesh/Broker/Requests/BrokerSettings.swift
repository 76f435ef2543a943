/// How the broker serves.
struct BrokerSettings: Sendable {
  /// The address that clients are told to connect to.
  var host = "127.0.0.1"
  /// 0 takes a free one.
  var port: UInt16 = 9092
  /// Whether asking for a topic that is not there makes it.
  var createsTopics = false
  /// Partitions of a topic whose maker does not say.
  var defaultPartitions: Int32 = 1
  /// The largest request, in octets; a longer one ends its connection.
  var maximumRequestSize = 16 << 20
  /// The most octets of records in one answer to a fetch (one record may pass it).
  var maximumFetchSize = 8 << 20
  /// How long the first join of an empty group waits for further members.
  var initialRebalanceDelay: Duration = .milliseconds(100)
}
