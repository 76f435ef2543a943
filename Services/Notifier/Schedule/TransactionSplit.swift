import DaprClient

/// Cuts many writes into transactions that a store takes.
enum TransactionSplit {
  static let operations = 500
  static let octets = 1 << 20

  /// Consecutive groups, each with room for one more small operation, the shard's record.
  static func groups(_ writes: [StateOperation]) -> [[StateOperation]] {
    var groups: [[StateOperation]] = []
    var group: [StateOperation] = []
    var size = 0
    for write in writes {
      if !group.isEmpty, group.count + 1 >= operations || size + write.octets > octets - 1024 {
        groups.append(group)
        group = []
        size = 0
      }
      group.append(write)
      size += write.octets
    }
    if !group.isEmpty { groups.append(group) }
    return groups
  }
}
