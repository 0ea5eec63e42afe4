using System.Reflection;
using System.Text.RegularExpressions;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>The folders of the sources as rooms of a house, which types are in them, and which rooms use which others.</summary>
internal static partial class Rooms
{
    /// <summary>The arrows between the rooms of an assembly (<c>Models -> Layers</c>), each with the types that make it.</summary>
    /// <param name="assembly">The compiled library.</param>
    /// <param name="folder">Its folder in the repository.</param>
    public static SortedDictionary<string, SortedSet<string>> Arrows(Assembly assembly, string folder)
    {
        Dictionary<string, string> rooms = RoomsOfTypes(folder);
        var arrows = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (
            Type type in assembly
                .GetTypes()
                .Where(t =>
                    t.DeclaringType is null
                    && !t.Name.StartsWith('<')
                    && t.Namespace?.StartsWith("Distillation", StringComparison.Ordinal) == true
                )
        )
        {
            string from =
                rooms.GetValueOrDefault(NameOf(type))
                ?? throw new InvalidOperationException($"{type.FullName} was not found in the sources.");
            foreach (
                Type used in TypeReferences
                    .Of(type)
                    .Select(TypeReferences.Outermost)
                    .Where(t => t.Assembly == assembly && rooms.ContainsKey(NameOf(t)))
            )
            {
                string to = rooms[NameOf(used)];
                if (to != from)
                {
                    string arrow = $"{from} -> {to}";
                    if (!arrows.TryGetValue(arrow, out SortedSet<string>? types))
                    {
                        arrows[arrow] = types = new SortedSet<string>(StringComparer.Ordinal);
                    }

                    types.Add($"{type.Name} uses {used.Name}");
                }
            }
        }

        return arrows;
    }

    /// <summary>The first folder below the project's; the project's name for what stands in it itself.</summary>
    private static Dictionary<string, string> RoomsOfTypes(string folder)
    {
        var rooms = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            string[] parts = Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar);
            if (parts[0] is "obj" or "bin")
            {
                continue;
            }

            string text = File.ReadAllText(file);
            string space = Space().Match(text).Groups["name"].Value;
            foreach (Match match in Declaration().Matches(text))
            {
                string room = parts.Length > 1 ? parts[0] : "Root";
                string name = $"{space}.{match.Groups["name"].Value}";
                if (rooms.TryGetValue(name, out string? other) && other != room)
                {
                    throw new InvalidOperationException($"A type is in one room, but parts of {name} are in {other} and in {room}.");
                }

                rooms[name] = room;
            }
        }

        return rooms;
    }

    private static string NameOf(Type type) => $"{type.Namespace}.{type.Name.Split('`')[0]}";

    [GeneratedRegex(
        @"^(?:public|internal|file)? ?(?:static |abstract |sealed |partial |readonly |ref |unsafe )*(?:class|record struct|record|interface|struct|enum) (?<name>\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Space();
}
