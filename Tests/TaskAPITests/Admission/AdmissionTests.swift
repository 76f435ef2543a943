import Testing

@testable import TaskAPI

@Suite struct AdmissionTests {
  @Test func untilSomethingIsKnownAllButABoundIsLetIn() {
    let crowd = Crowd()
    crowd.push("a", 20_000)
    #expect(crowd.inside == 10_000)
  }

  @Test(arguments: [(Duration.microseconds(200), 600), (.microseconds(500), 240), (.milliseconds(10), 128)])
  func asManyAreInsideAsAreAnsweredIn120MillisecondsButAlways128(each: Duration, most: Int) {
    let crowd = Crowd()
    crowd.push("a", 150)
    crowd.serve("a", 2000, each: each)
    crowd.push("a", 20_000)
    #expect(abs(crowd.inside - most) <= 1)
  }

  @Test func whoFloodsIsRefusedAndOthersAreNot() {
    let crowd = Crowd()
    crowd.push("flood", 500)
    crowd.serve("flood", 2000, each: .microseconds(500))
    crowd.push("flood", 20_000)
    #expect(!crowd.enter("flood"))
    for number in 0..<20 { #expect(crowd.admission.enter("other \(number)", now: crowd.now)) }
  }

  @Test func aServiceThatHasStalledLetsInNoMoreThanAlways() {
    let crowd = Crowd()
    crowd.push("a", 150)
    crowd.serve("a", 2000, each: .microseconds(100))
    crowd.now += .seconds(5)
    #expect(!crowd.enter("a"))
    while crowd.inside > 127 { crowd.leave("a") }
    crowd.now += .seconds(5)
    #expect(crowd.enter("a") && !crowd.enter("a"))
  }

  @Test func aServiceThatIsFastAgainLetsInMoreAgain() {
    let crowd = Crowd()
    crowd.push("a", 150)
    crowd.serve("a", 2000, each: .milliseconds(10))
    crowd.push("a", 20_000)
    #expect(crowd.inside == 128)
    crowd.serve("a", 5000, each: .microseconds(100))
    crowd.push("a", 20_000)
    #expect(crowd.inside >= 1000)
  }
}

/// Requests at the door and inside.
private final class Crowd {
  let admission = Admission()
  var now: Duration = .zero
  private(set) var inside = 0

  func enter(_ asker: String) -> Bool {
    guard admission.enter(asker, now: now) else { return false }
    inside += 1
    return true
  }

  func push(_ asker: String, _ count: Int) {
    for _ in 0..<count { if !enter(asker) { return } }
  }

  func leave(_ asker: String) {
    admission.leave(asker, now: now)
    inside -= 1
  }

  /// Answers one request after another; two come for each that is answered.
  func serve(_ asker: String, _ answers: Int, each: Duration) {
    for _ in 0..<answers {
      now += each
      leave(asker)
      push(asker, 2)
    }
  }
}
