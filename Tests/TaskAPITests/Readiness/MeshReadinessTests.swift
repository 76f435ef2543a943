import Testing

@testable import TaskAPI

@Suite struct MeshReadinessTests {
  private let good = ["task-events": 64, "task-reminders": 64, "task-events-dead": 64, "theirs": 3]

  @Test func topicsOfTheRightShapeAreReady() {
    #expect(MeshReadiness.fault(of: good) == nil)
  }

  @Test func eachTopicOfAnotherShapeIsNamed() {
    var topics = good
    topics["task-events"] = 1
    topics["task-reminders"] = nil
    #expect(
      MeshReadiness.fault(of: topics) == "task-events has 1 partitions, not 64; task-reminders is missing")
  }
}
