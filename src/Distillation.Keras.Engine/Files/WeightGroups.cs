using System.Text.RegularExpressions;
using Distillation.Keras.Files.Hdf5;

namespace Distillation.Keras.Files;

/// <summary>
/// The weights of a model as Keras 3 has them in files, <c>layers/dense_1/vars/0</c>, and Keras from 2.13 on has them in a <c>.keras</c>.
/// </summary>
/// <remarks>Source: <c>keras/src/saving/saving_lib.py</c>.</remarks>
internal static partial class WeightGroups
{
    private const string Vars = "vars";

    // What Keras 2.13 and 2.14 call the layers of a model.
    private const string OldLayers = "_layer_checkpoint_dependencies";

    /// <summary>Whether a file has this form.</summary>
    public static bool Is(Hdf5Group root) =>
        root.Group(Vars) is not null || root.Group(SavedObject.Layers) is not null || root.Group(OldLayers) is not null;

    /// <summary>The groups of an object and of all that is in it.</summary>
    public static void Write(Hdf5Tree tree, SavedObject saved)
    {
        Hdf5Tree vars = tree.Group(Vars);
        vars.Set("name", saved.Name);
        for (int i = 0; i < saved.Variables.Count; i++)
        {
            Variable variable = saved.Variables[i];
            vars.Add(Invariant($"{i}"), () => saved.Layer?.StoredValue(variable) ?? variable.Value);
        }

        foreach ((string name, Variable variable) in saved.Layer?.NamedState ?? [])
        {
            vars.Add(name, () => variable.Value);
        }

        foreach (SavedObject part in saved.Parts)
        {
            Write(tree.Group(part.Group), part);
        }
    }

    /// <summary>The arrays of a group in the order of their numbers; none where there is no such group.</summary>
    public static StoredArray[] VariablesOf(Hdf5Group? group) =>
        group?.Group(Vars) is Hdf5Group vars
            ?
            [
                .. Enumerable
                    .Range(0, vars.Children.Count)
                    .Select(i => vars.Dataset(Invariant($"{i}")))
                    .OfType<Hdf5Dataset>()
                    .Select(StoredArray.Of),
            ]
            : [];

    /// <summary>Which arrays go into the weights of a model.</summary>
    /// <param name="root">The file, or what is of it under the group that belongs to the object.</param>
    /// <param name="saved">The object.</param>
    /// <param name="plan">What gets the arrays.</param>
    /// <param name="skipMismatch">Whether what does not fit is left out, with a warning.</param>
    /// <exception cref="ModelFormatException">Something is missing, left over, or of another shape.</exception>
    public static void Plan(Hdf5Group root, SavedObject saved, LoadPlan plan, bool skipMismatch = false) =>
        Plan(root, saved, plan, skipMismatch, root.Path);

    private static void Plan(Hdf5Group? group, SavedObject saved, LoadPlan plan, bool skipMismatch, string path)
    {
        try
        {
            PlanOwn(group?.Group(Vars), saved, plan, path);
        }
        catch (ModelFormatException e) when (skipMismatch)
        {
            plan.Warnings.Add($"'{saved.Name}' was left out: {e.Message}");
        }

        Dictionary<SavedObject, Hdf5Group?> groups = saved.Parts.ToDictionary(
            p => p,
            p => group is null ? null : Find(group, p.Group),
            (IEqualityComparer<SavedObject>)ReferenceEqualityComparer.Instance
        );
        if (group is not null && groups.Any(g => g.Value is null && HasVariables(g.Key)))
        {
            ByOrder(group, saved, groups);
        }

        foreach (SavedObject part in saved.Parts)
        {
            Plan(groups[part], part, plan, skipMismatch, $"{path.TrimEnd('/')}/{part.Group}");
        }
    }

    private static bool HasVariables(SavedObject saved) => saved.Variables.Count > 0 || saved.Parts.Any(HasVariables);

    private static void PlanOwn(Hdf5Group? vars, SavedObject saved, LoadPlan plan, string path)
    {
        IReadOnlyList<(string Name, Variable Value)> named = saved.Layer?.NamedState ?? [];
        int stored = (vars?.Children.Count ?? 0) - named.Count;
        if (stored != saved.Variables.Count)
        {
            throw new ModelFormatException(
                Invariant($"'{saved.Name}' has {saved.Variables.Count} variables, but {path} of the file holds {stored}.")
            );
        }

        var added = new List<(Variable, StoredArray)>();
        for (int i = 0; i < stored; i++)
        {
            StoredArray array = StoredArray.Of(
                vars!.Dataset(Invariant($"{i}"))
                    ?? throw new ModelFormatException(
                        Invariant($"'{saved.Name}' has {stored} variables, but {path}/{Vars} of the file holds no array '{i}'.")
                    )
            );
            if (LoadPlan.Misfit(saved.Variables[i], array) is string misfit)
            {
                throw new ModelFormatException(misfit);
            }

            added.Add((saved.Variables[i], array));
        }

        foreach ((string name, Variable value) in named)
        {
            added.Add(
                (
                    value,
                    StoredArray.Of(
                        vars!.Dataset(name) ?? throw new ModelFormatException($"'{saved.Name}' has '{name}', but {path}/{Vars} has none.")
                    )
                )
            );
        }

        added.ForEach(a => plan.Add(a.Item1, a.Item2));
        if (saved.Layer is { } layer)
        {
            plan.Then(layer.StoredWeightsCame);
        }
    }

    // Keras 2 has layers within a layer by their private attributes: _query_dense is query_dense now.
    // On Windows, Keras 2.13 to 2.15 wrote "layers\dense" as one name.
    private static Hdf5Group? Find(Hdf5Group group, string path)
    {
        string[] names = path.Split('/');
        Hdf5Group? found = group;
        foreach (string name in names)
        {
            found = found?.Group(name) ?? (name == SavedObject.Layers ? found?.Group(OldLayers) : found?.Group($"_{name}"));
        }

        return found
            ?? group.Group(path.Replace('/', '\\'))
            ?? (names[0] == SavedObject.Layers ? group.Group($"{OldLayers}\\{string.Join('\\', names.Skip(1))}") : null);
    }

    // Keras 2.13 counts by two where a class comes again, but not always: what counts is the order of the numbers within a class.
    private static void ByOrder(Hdf5Group group, SavedObject saved, Dictionary<SavedObject, Hdf5Group?> groups)
    {
        IEnumerable<KeyValuePair<string, Hdf5Object>> stored =
            (group.Group(SavedObject.Layers) ?? group.Group(OldLayers))?.Groups
            ?? group
                .Groups.Where(g => g.Key.Contains('\\'))
                .Select(g => KeyValuePair.Create(g.Key[(g.Key.LastIndexOf('\\') + 1)..], g.Value));
        ILookup<string, Hdf5Group> byClass = stored
            .Select(g => (Parts: Numbered().Match(g.Key), Group: (Hdf5Group)g.Value))
            .OrderBy(g =>
                g.Parts.Groups["number"] is { Success: true, Value: { Length: < 9 } number }
                    ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
                    : 0
            )
            .ToLookup(g => g.Parts.Groups["class"].Value, g => g.Group);
        foreach (
            IGrouping<string, SavedObject> same in saved
                .Parts.Where(p => p.Group.StartsWith(SavedObject.Layers + "/", StringComparison.Ordinal))
                .GroupBy(p => Numbered().Match(p.Group[(SavedObject.Layers.Length + 1)..]).Groups["class"].Value)
        )
        {
            Hdf5Group[] found = [.. byClass[same.Key]];
            if (found.Length == same.Count())
            {
                foreach ((SavedObject part, Hdf5Group of) in same.Zip(found))
                {
                    groups[part] = of;
                }
            }
        }
    }

    [GeneratedRegex(@"^(?<class>.*?)(_(?<number>\d+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
