/// The topics of the mesh (protocols.md §2).
enum Topics {
  /// An owner's records lie in the partition FNV-1a(owner) mod 64.
  static let partitions: Int32 = 64

  private static let day: Int64 = 24 * 3_600_000

  static let all: [(name: String, settings: TopicSettings)] = [
    ("task-events", TopicSettings(isCompacted: true, tombstoneRetention: 7 * day)),
    ("task-reminders", TopicSettings(retention: 7 * day)),
    ("task-events-dead", TopicSettings(retention: 30 * day)),
  ]
}
