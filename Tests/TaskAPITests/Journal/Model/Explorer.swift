/// Decides between what may happen next.
protocol Chooser: AnyObject {
  /// An index below `count`; 0 is what happens when all goes well.
  func choose(of count: Int) -> Int
}

/// What an exploration found.
struct Exploration: CustomStringConvertible {
  let scenario: String
  var runs = 0
  var steps = 0
  var violations: [String] = []
  /// The end of the course that led to the violations.
  var trace: [String] = []
  /// Of that course, when it was one at random.
  var seed: UInt64?

  var holds: Bool { violations.isEmpty }
  var summary: String { "\(scenario): \(runs) runs, \(steps) steps" }

  var description: String {
    if holds { return summary }
    let again = seed.map { ["again by TASKMESH_MODEL_RUNS=1 TASKMESH_MODEL_SEED=\($0)"] } ?? []
    return (["\(summary), violated: \(violations.joined(separator: "; "))"] + again + trace).joined(separator: "\n")
  }
}

/// Goes through courses of a scenario, each from its start, since the code under test cannot be set back.
struct Explorer {
  let scenario: Scenario

  /// Every course with at most so many deviations as the scenario allows, depth first, until a violation is found.
  func exhaust() -> Exploration {
    var exploration = Exploration(scenario: scenario.name)
    let chooser = DepthFirst()
    repeat {
      if !go(chooser, &exploration) {
        chooser.again()
        explain(chooser, &exploration)
        break
      }
    } while chooser.next()
    return exploration
  }

  /// `runs` courses at random, or until a violation is found. The n-th has the seed `seed` + n.
  func sample(_ runs: Int, seed: UInt64) -> Exploration {
    var exploration = Exploration(scenario: scenario.name)
    for run in 0..<UInt64(runs) where exploration.holds {
      if !go(Random(seed: seed &+ run), &exploration) {
        exploration.seed = seed &+ run
        explain(Random(seed: seed &+ run), &exploration)
      }
    }
    return exploration
  }

  private func go(_ chooser: any Chooser, _ exploration: inout Exploration) -> Bool {
    let run = Run(scenario, chooser)
    exploration.violations = run.toTheEnd()
    exploration.runs += 1
    exploration.steps += run.steps
    return exploration.holds
  }

  private func explain(_ chooser: any Chooser, _ exploration: inout Exploration) {
    let run = Run(scenario, chooser, traces: true)
    precondition(run.toTheEnd() == exploration.violations, "a run took another course when it was repeated")
    exploration.trace = (run.trace ?? []).suffix(400)
  }
}

/// Takes the courses in the order of their choices, the last one changing first.
private final class DepthFirst: Chooser {
  private var prefix: [(choice: Int, count: Int)] = []
  private var course: [(choice: Int, count: Int)] = []

  func choose(of count: Int) -> Int {
    var choice = 0
    if course.count < prefix.count {
      let step = prefix[course.count]
      precondition(step.count == count, "a run took another course when it was repeated")
      choice = step.choice
    }
    course.append((choice, count))
    return choice
  }

  func again() {
    prefix = course
    course = []
  }

  /// Goes on to the next course; false after the last.
  func next() -> Bool {
    guard let last = course.lastIndex(where: { $0.choice + 1 < $0.count }) else { return false }
    prefix = Array(course.prefix(last + 1))
    prefix[last].choice += 1
    course = []
    return true
  }
}

/// Has something go wrong at one of 2, 5 or 15 steps.
private final class Random: Chooser {
  private var state: UInt64
  private let rarity: UInt64

  init(seed: UInt64) {
    state = seed
    rarity = [2, 5, 15][Int(seed % 3)]
  }

  func choose(of count: Int) -> Int {
    next() % rarity == 0 ? 1 + Int(next() % UInt64(count - 1)) : 0
  }

  /// SplitMix64, the same everywhere.
  private func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return (value ^ (value >> 31)) >> 1
  }
}
