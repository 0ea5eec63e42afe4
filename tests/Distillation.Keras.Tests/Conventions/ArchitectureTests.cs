using System.Text.RegularExpressions;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>The house is as <c>docs/architecture.md</c> shows it.</summary>
[TestFixture("Distillation.Keras.Engine", typeof(Model))]
[TestFixture("Distillation.Keras", typeof(Distiller))]
public sealed partial class ArchitectureTests(string library, Type any)
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    private string Sources => Path.Combine(Repository.Root, "src", library);

    [Test]
    public void The_rooms_use_each_other_as_the_page_says()
    {
        IEnumerable<string> told = Table().SelectMany(r => r.Uses.Select(u => $"{r.Room} -> {u}"));
        SortedDictionary<string, SortedSet<string>> arrows = Rooms.Arrows(any.Assembly, Sources);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(arrows.Keys.Except(told).Select(a => $"{a}: {string.Join("; ", arrows[a].Take(5))}"), Is.Empty, "not on the page");
            Assert.That(told.Except(arrows.Keys), Is.Empty, "on the page alone");
        }
    }

    [Test]
    public void The_page_shows_all_rooms()
    {
        IEnumerable<string> folders = Directory
            .GetDirectories(Sources)
            .Where(d => Directory.EnumerateFiles(d, "*.cs", SearchOption.AllDirectories).Any())
            .Select(d => Path.GetFileName(d)!);
        Assert.That(Table().Select(r => r.Room), Is.EquivalentTo(folders.Except(["obj", "bin"]).Append("Root")));
    }

    [Test]
    public void A_room_uses_rooms_above_it_alone_unless_the_page_says_both_ways()
    {
        var above = new HashSet<string>();
        (string Room, string[] Uses, string[] BothWays)[] table = Table();
        var both = table.SelectMany(r => r.BothWays.Select(u => (r.Room, Other: u))).ToHashSet();
        using (Assert.EnterMultipleScope())
        {
            foreach ((string room, string[] uses, string[] bothWays) in table)
            {
                Assert.That(uses.Except(bothWays).Except(above), Is.Empty, $"{room} uses rooms below it");
                Assert.That(bothWays.Where(u => !both.Contains((u, room))), Is.Empty, $"{room}: both ways, but not from there");
                above.Add(room);
            }
        }
    }

    [Test]
    public void The_engine_knows_nothing_of_distillation() =>
        Assert.That(typeof(Model).Assembly.GetReferencedAssemblies().Select(a => a.Name), Has.None.EqualTo("Distillation.Keras"));

    /// <summary>The rows of the library's table: a room, the rooms that it uses, and those of them that use it, too.</summary>
    private (string Room, string[] Uses, string[] BothWays)[] Table()
    {
        string part = Page.Split($"## `{library}`\n")[1].Split("\n## ")[0];
        return
        [
            .. Row()
                .Matches(part)
                .Select(m =>
                {
                    string[] uses = m.Groups["uses"]
                        .Value.Split(", ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                    return (
                        m.Groups["room"].Value,
                        Array.ConvertAll(uses, u => u.TrimStart('⇄')),
                        uses.Where(u => u[0] == '⇄').Select(u => u[1..]).ToArray()
                    );
                }),
        ];
    }

    [GeneratedRegex(@"^\| `(?<room>\w+)` \| [^|]+ \|(?<uses>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
