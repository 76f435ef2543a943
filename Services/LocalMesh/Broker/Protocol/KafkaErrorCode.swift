/// The error codes that this broker answers (<https://kafka.apache.org/protocol#protocol_error_codes>).
enum KafkaErrorCode: Int16, Sendable {
  case none = 0
  case offsetOutOfRange = 1
  case corruptMessage = 2
  case unknownTopicOrPartition = 3
  case messageTooLarge = 10
  case invalidTopic = 17
  case invalidRequiredAcks = 21
  case illegalGeneration = 22
  case inconsistentGroupProtocol = 23
  case invalidGroupID = 24
  case unknownMemberID = 25
  case invalidSessionTimeout = 26
  case rebalanceInProgress = 27
  case unsupportedVersion = 35
  case topicAlreadyExists = 36
  case invalidPartitions = 37
  case invalidReplicationFactor = 38
  case invalidConfig = 40
  case invalidRequest = 42
  case unsupportedForMessageFormat = 43
  case outOfOrderSequenceNumber = 45
  case duplicateSequenceNumber = 46
  case invalidProducerEpoch = 47
  case kafkaStorageError = 56
  case unsupportedCompressionType = 76
  case invalidRecord = 87

  init(_ error: BrokerError) {
    self =
      switch error {
      case .unknownTopicOrPartition: .unknownTopicOrPartition
      case .topicExists: .topicAlreadyExists
      case .offsetOutOfRange: .offsetOutOfRange
      case .keyMissing: .invalidRecord
      case .batchTooLarge: .messageTooLarge
      case .outOfOrderSequence: .outOfOrderSequenceNumber
      case .duplicateSequence: .duplicateSequenceNumber
      case .staleProducerEpoch: .invalidProducerEpoch
      case .invalid: .invalidRequest
      case .storage: .kafkaStorageError
      }
  }
}
