/// A member's wish to belong to a group. Times in milliseconds.
struct JoinRequest: Sendable {
  var group: String
  var sessionTimeout: Int64
  var rebalanceTimeout: Int64
  /// Empty from a member that is new.
  var member: String
  var type: String
  var protocols: [ConsumerGroup.GroupProtocol]
}

/// A generation of a group.
struct JoinAnswer: Sendable, Equatable {
  struct Offer: Sendable, Equatable {
    var member: String
    var metadata: [UInt8]
  }

  var code = KafkaErrorCode.none
  var generation: Int32 = -1
  /// The way of dividing that all members know.
  var chosen = ""
  var leader = ""
  var member = ""
  /// What each member offers; only the leader is told.
  var offers: [Offer] = []

  static func failed(_ code: KafkaErrorCode) -> JoinAnswer { JoinAnswer(code: code) }
}

/// A member's part.
struct SyncAnswer: Sendable, Equatable {
  var code = KafkaErrorCode.none
  var assignment: [UInt8] = []

  static func failed(_ code: KafkaErrorCode) -> SyncAnswer { SyncAnswer(code: code) }
}
