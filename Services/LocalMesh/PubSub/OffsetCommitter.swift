import Synchronization

/// Keeps a consumer group's offsets, at most once a second, as Dapr's Kafka component does: what was delivered after the last
/// commit comes again when the mesh is killed.
final class OffsetCommitter: Sendable {
  private struct State {
    var marked: [TopicPartition: Int64] = [:]
    var isScheduled = false
  }

  private let group: String
  private let log: any RecordLog
  private let clock: MeshClock
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())

  init(group: String, log: any RecordLog, clock: MeshClock, report: @escaping @Sendable (String) -> Void) {
    self.group = group
    self.log = log
    self.clock = clock
    self.report = report
  }

  /// Notes the offset after the last record that the group is done with.
  func mark(_ offset: Int64, in partition: TopicPartition) {
    let schedules = state.withLock { state in
      state.marked[partition] = offset
      defer { state.isScheduled = true }
      return !state.isScheduled
    }
    if schedules { commitLater() }
  }

  private func commitLater() {
    Task {
      try? await clock.sleep(.seconds(1))
      await commit()
    }
  }

  /// Commits what is marked now; what the log does not take is tried again a second later.
  func commit() async {
    let marked = state.withLock { state in
      defer { state = State() }
      return state.marked
    }
    guard !marked.isEmpty else { return }
    do { try await log.commit(marked, group: group) } catch {
      if !(error is ReachableLog.Away) { report("the offsets of \(group) are not kept: \(error)") }
      let schedules = state.withLock { state in
        state.marked.merge(marked) { newer, _ in newer }
        defer { state.isScheduled = true }
        return !state.isScheduled
      }
      if schedules { commitLater() }
    }
  }
}
