/// Which shard of the schedule an owner's reminders lie in: the owner's partition of `task-events`.
enum Shard {
  /// As many as partitions of `task-events`.
  static let count = 64

  /// FNV-1a of 32 bits over the UTF-8 of `owner`, mod 64.
  static func of(owner: String) -> Int {
    var hash: UInt32 = 2_166_136_261
    for octet in owner.utf8 { hash = (hash ^ UInt32(octet)) &* 16_777_619 }
    return Int(hash % UInt32(count))
  }
}
