import Recurrence
import Testing

@Suite("Civil time")
struct CivilTimeTests {
  @Test("Days, dates, weekdays and ISO weeks agree over eight centuries")
  func dayArithmetic() throws {
    var date = try CivilDate("1799-12-31")
    var weekday = 2
    for days in date.daysSinceEpoch...(date.daysSinceEpoch + 292_194) {
      #expect(CivilDate(daysSinceEpoch: days) == date)
      #expect(date.daysSinceEpoch == days)
      #expect(date.weekday.rawValue == weekday)
      weekday = weekday % 7 + 1
      let isLast = date.day == CivilDate.days(inMonth: date.month, of: date.year)
      let (month, year) =
        isLast ? (date.month % 12 + 1, date.month == 12 ? date.year + 1 : date.year) : (date.month, date.year)
      date = try #require(CivilDate(year: year, month: month, day: isLast ? 1 : date.day + 1))
    }
    #expect(date == (try CivilDate("2600-01-01")))
  }

  @Test(
    "ISO weeks around new year",
    arguments: [
      ("2020-12-31", 2020, 53), ("2021-01-03", 2020, 53), ("2021-01-04", 2021, 1), ("2024-12-30", 2025, 1),
      ("2026-12-31", 2026, 53), ("2027-01-03", 2026, 53),
    ])
  func isoWeeks(text: String, year: Int, week: Int) throws {
    let date = try CivilDate(text)
    #expect(date.isoWeek == (year, week))
  }

  @Test(
    "What is written is what was read",
    arguments: ["2027-12-01", "2027-12-01T09:00:00", "0001-01-01", "9999-12-31T23:59:59"])
  func wallTimeText(text: String) throws {
    #expect(try WallTime(text).description == text)
    #expect(try WallTime(text).isDateOnly == !text.contains("T"))
  }

  @Test(
    "A wall time that cannot be is refused with its place",
    arguments: [
      ("2027-02-31", 8, "1 to 28, not 31"), ("2027-13-01", 5, "month"), ("0000-01-01", 0, "year"),
      ("2027-1-01", 6, "2 digits"),
      ("2027-12-01T24:00:00", 11, "hour"), ("2027-12-01T09:00", 16, "':'"), ("2027-12-01T09:00:60", 17, "second"),
      ("2027-12-01 09:00:00", 10, "the end"), ("2027-12-01T09:00:00Z", 19, "the end"), ("", 0, "year"),
      ("20２7-12-01", 2, "digits"),
    ])
  func badWallTimes(text: String, offset: Int, word: String) {
    let error = #expect(throws: CivilTimeError.self) { try WallTime(text) }
    #expect(error?.offset == offset)
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test(
    "Instants are read as RFC 3339 allows and written in UTC",
    arguments: [
      ("2027-03-14T07:30:00Z", "2027-03-14T07:30:00Z"), ("2027-03-14t08:30:00+01:00", "2027-03-14T07:30:00Z"),
      ("2027-03-14T02:30:00.250-05:00", "2027-03-14T07:30:00.25Z"), ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
      ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999999Z"),
      ("2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00Z"),
    ])
  func instantText(text: String, written: String) throws {
    #expect(try Instant(text).description == written)
  }

  @Test(
    "A text that is no instant is refused with its place",
    arguments: [
      ("2027-03-14T07:30:00", 19), ("2027-03-14T07:30:60Z", 17), ("2027-03-14T07:30:00.Z", 20),
      ("2027-03-14T07:30:00+1:00", 21),
      ("2027-03-14T07:30:00.1234567890Z", 29), ("0001-01-01T00:00:00+01:00", 0), ("2027-03-14", 10),
    ])
  func badInstants(text: String, offset: Int) {
    #expect(#expect(throws: CivilTimeError.self) { try Instant(text) }?.offset == offset)
  }

  @Test("Instants are ordered, before the epoch too, and count milliseconds down")
  func instantOrder() throws {
    let texts = [
      "1969-12-31T23:59:58.9Z", "1969-12-31T23:59:59.9999Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000001Z",
    ]
    let instants = try texts.map { try Instant($0) }
    #expect(instants.reversed().sorted() == instants)
    #expect(instants.map(\.millisecondsSinceEpoch) == [-1100, -1, 0, 0])
    #expect(Instant(millisecondsSinceEpoch: -1100) == instants[0])
  }

  @Test("Instants from any numbers are held within the years that texts may name")
  func instantLimits() {
    #expect(Instant(secondsSinceEpoch: .max, nanoseconds: .max).description == "9999-12-31T23:59:59.999999999Z")
    #expect(Instant(secondsSinceEpoch: .min, nanoseconds: .min).description == "0001-01-01T00:00:00Z")
    #expect(Instant(millisecondsSinceEpoch: .min).adding(seconds: .min) == Instant(secondsSinceEpoch: .min))
    #expect(Instant(secondsSinceEpoch: 1).adding(seconds: .max) == Instant(secondsSinceEpoch: .max))
  }

  @Test(
    "Durations keep days and exact time apart, and their text",
    arguments: [
      ("PT30M", 0, 1800), ("P1W", 7, 0), ("-P1DT2H", -1, -7200), ("PT0S", 0, 0), ("P15DT5H0M20S", 15, 18_020),
      ("PT1H30S", 0, 3630),
      ("PT90M", 0, 5400),
    ])
  func durations(text: String, days: Int, seconds: Int) throws {
    let duration = try ISODuration(text)
    #expect(duration.calendarDays == days)
    #expect(duration.exactSeconds == seconds)
    #expect(duration.description == text)
  }

  @Test(
    "A text that is no duration is refused with its place",
    arguments: [
      ("P", 1), ("PT", 2), ("P1", 2), ("P1H", 2), ("PT1D", 3), ("P1W2D", 3), ("P1WT1H", 3), ("PT1M1H", 5),
      ("PT1M1M", 5), ("P1Y", 2),
      ("1D", 0), ("PT1.5H", 3), ("P1DT", 4), ("P99999D", 0), ("PT1234567890S", 11), ("--P1D", 1), ("pt1h", 0),
    ])
  func badDurations(text: String, offset: Int) {
    #expect(#expect(throws: CivilTimeError.self) { try ISODuration(text) }?.offset == offset)
  }
}
