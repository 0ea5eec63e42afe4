using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Distillation.Keras.Saving;

/// <summary>
/// Which constructor is a class' configuration: the one marked with <see cref="ConfigConstructorAttribute"/>, or the only public one.
/// Thread-safe.
/// </summary>
internal static class ConfigConstructors
{
    private static readonly ConcurrentDictionary<Type, ConstructorInfo> Known = new();

    /// <summary>The constructor of a class.</summary>
    /// <exception cref="InvalidOperationException">It is not said which; the message has the remedy.</exception>
    public static ConstructorInfo Of(Type type) =>
        Known.GetOrAdd(
            type,
            static t => TryFind(t, out ConstructorInfo? found, out string? problem) ? found : throw new InvalidOperationException(problem)
        );

    /// <summary>The constructor of a class, or why there is none.</summary>
    public static bool TryFind(Type type, [NotNullWhen(true)] out ConstructorInfo? found, [NotNullWhen(false)] out string? problem)
    {
        ConstructorInfo[] all = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        ConstructorInfo[] marked = Array.FindAll(all, c => c.IsDefined(typeof(ConfigConstructorAttribute), inherit: false));
        ConstructorInfo[] choice = marked.Length > 0 ? marked : Array.FindAll(all, c => c.IsPublic);
        found = choice.Length == 1 ? choice[0] : null;
        problem = choice.Length switch
        {
            1 => null,
            0 => $"{type.Name} has no public constructor, so that no configuration and no copy can be made of it. Make one public, or "
                + "mark one with [ConfigConstructor].",
            _ when marked.Length > 0 => Invariant(
                $"{type.Name} marks {choice.Length} constructors with [ConfigConstructor]: {Texts(type, choice)}. A configuration is the "
                    + $"parameters of one of them: mark that one alone."
            ),
            _ => Invariant(
                $"{type.Name} has {choice.Length} public constructors: {Texts(type, choice)}. Its configuration, and with it a copy, is "
                    + $"the parameters of one of them: mark that one with [ConfigConstructor] (Distillation.Keras.Saving)."
            ),
        };
        return found is not null;
    }

    private static string Texts(Type type, ConstructorInfo[] constructors) =>
        string.Join(", ", constructors.Select(c => $"{type.Name}({string.Join(", ", c.GetParameters().Select(p => p.Name))})"));
}
