using System.Text;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Files.Legacy;

/// <summary>Writes the weights of a model in the form that <see cref="LegacyWeights"/> reads.</summary>
/// <remarks>Source: <c>keras/src/legacy/saving/legacy_h5_format.py</c>.</remarks>
internal static class LegacyGroups
{
    // What Keras puts into one attribute at most.
    private const int LargestAttribute = 64512;

    // What a text of variable length takes in a list, beside itself.
    private const int ReferenceBytes = 16;

    /// <summary>Adds the weights of a model, layer by layer.</summary>
    /// <param name="group">What gets them.</param>
    /// <param name="model">The model.</param>
    /// <param name="backend">The backend that is noted.</param>
    /// <param name="version">The version of Keras that is noted.</param>
    /// <param name="name">What a weight is called.</param>
    public static void Layers(Hdf5Tree group, Model model, string backend, string version, Func<Variable, string> name)
    {
        SetList(group, LegacyWeights.LayerNames, [.. model.Layers.Select(l => l.Name)]);
        group.Set("backend", backend);
        group.Set("keras_version", version);
        foreach (Layer layer in model.Layers)
        {
            RefuseName(layer);
            Listed(group.Group(layer.Name), LegacyWeights.Of(layer), name);
        }

        Listed(group.Group(LegacyWeights.TopLevel), model.OwnWeights, name);
    }

    /// <summary>Adds variables with a list of their names.</summary>
    public static void Listed(Hdf5Tree group, IReadOnlyList<Variable> variables, Func<Variable, string> name)
    {
        SetList(group, LegacyWeights.WeightNames, [.. variables.Select(name)]);
        foreach (Variable variable in variables)
        {
            group.Add(name(variable), () => variable.Value);
        }
    }

    /// <summary>Notes a list of names, in several attributes where it is too long for one.</summary>
    public static void SetList(Hdf5Tree group, string attribute, IReadOnlyList<string> names)
    {
        // Counted as Keras does, in an array of texts as long as the longest one; what is written takes so much for each at least.
        int longest = Math.Max(ReferenceBytes, names.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty().Max());
        if (longest > LargestAttribute)
        {
            throw new NotSupportedException(
                Invariant($"An .h5 holds names of up to {LargestAttribute} bytes, but one has {longest}. Save the model as .keras.")
            );
        }

        int parts = 1;
        while ((long)longest * ((names.Count + parts - 1) / parts) > LargestAttribute)
        {
            parts++;
        }

        if (parts == 1)
        {
            group.Set(attribute, names);
            return;
        }

        for (int part = 0, start = 0; part < parts; part++)
        {
            int count = (names.Count / parts) + (part < names.Count % parts ? 1 : 0);
            group.Set(Invariant($"{attribute}{part}"), [.. names.Skip(start).Take(count)]);
            start += count;
        }
    }

    // Its group would be that of the weights of the model itself.
    private static void RefuseName(Layer layer)
    {
        if (layer.Name == LegacyWeights.TopLevel)
        {
            throw new NotSupportedException(
                $"An .h5 keeps the weights of the model itself under '{LegacyWeights.TopLevel}', but a layer has that name. "
                    + "Give it another name, or save the model as .keras."
            );
        }
    }
}
