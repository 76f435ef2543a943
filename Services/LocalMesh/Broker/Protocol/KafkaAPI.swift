/// A request type that this broker serves, and in which versions (<https://kafka.apache.org/protocol#protocol_api_keys>).
enum KafkaAPI: Int16, CaseIterable, Sendable {
  case produce = 0
  case fetch = 1
  case listOffsets = 2
  case metadata = 3
  case offsetCommit = 8
  case offsetFetch = 9
  case findCoordinator = 10
  case joinGroup = 11
  case heartbeat = 12
  case leaveGroup = 13
  case syncGroup = 14
  case apiVersions = 18
  case createTopics = 19
  case initProducerID = 22

  /// The newest before each went to flexible encoding or to what a single broker has no use for (fetch sessions, static
  /// members, leader epochs); `apiVersions` alone is flexible, since clients begin with its newest.
  var versions: ClosedRange<Int16> {
    switch self {
    case .produce: 3...7
    case .fetch: 4...6
    case .listOffsets: 1...3
    case .metadata: 0...5
    case .offsetCommit: 2...4
    case .offsetFetch: 1...4
    case .findCoordinator: 0...2
    case .joinGroup: 0...3
    case .heartbeat, .leaveGroup, .syncGroup: 0...2
    case .apiVersions: 0...3
    case .createTopics: 0...4
    case .initProducerID: 0...1
    }
  }

  /// The name of any request type, for the line that says what was refused.
  static func name(_ key: Int16) -> String {
    names.indices.contains(Int(key)) ? names[Int(key)] : "request type \(key)"
  }

  private static let names = [
    "Produce", "Fetch", "ListOffsets", "Metadata", "LeaderAndIsr", "StopReplica", "UpdateMetadata",
    "ControlledShutdown", "OffsetCommit", "OffsetFetch", "FindCoordinator", "JoinGroup", "Heartbeat", "LeaveGroup",
    "SyncGroup", "DescribeGroups", "ListGroups", "SaslHandshake", "ApiVersions", "CreateTopics", "DeleteTopics",
    "DeleteRecords", "InitProducerId", "OffsetForLeaderEpoch", "AddPartitionsToTxn", "AddOffsetsToTxn", "EndTxn",
    "WriteTxnMarkers", "TxnOffsetCommit", "DescribeAcls", "CreateAcls", "DeleteAcls", "DescribeConfigs",
    "AlterConfigs", "AlterReplicaLogDirs", "DescribeLogDirs", "SaslAuthenticate", "CreatePartitions",
    "CreateDelegationToken", "RenewDelegationToken", "ExpireDelegationToken", "DescribeDelegationToken",
    "DeleteGroups", "ElectLeaders", "IncrementalAlterConfigs", "AlterPartitionReassignments",
    "ListPartitionReassignments", "OffsetDelete", "DescribeClientQuotas", "AlterClientQuotas",
  ]
}

/// What every request begins with (request header v1 and v2).
struct KafkaRequestHeader: Sendable {
  let key: Int16
  let version: Int16
  let correlation: Int32
  let client: String

  init(_ reader: inout KafkaReader) throws(MalformedRequest) {
    key = try reader.int16()
    version = try reader.int16()
    correlation = try reader.int32()
    client = try reader.nullableString() ?? ""
    if key == KafkaAPI.apiVersions.rawValue, version >= 3 { try reader.skipTaggedFields() }
  }
}
