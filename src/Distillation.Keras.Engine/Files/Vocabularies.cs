using Distillation.Keras.Layers;

namespace Distillation.Keras.Files;

/// <summary>Vocabularies that layers have learned: text beside the weights in a <c>.keras</c>.</summary>
/// <remarks>Source: <c>save_assets</c> in <c>keras/src/layers/preprocessing/index_lookup.py</c>.</remarks>
internal static class Vocabularies
{
    private const string Assets = "assets";

    /// <summary>The files of a model's vocabularies.</summary>
    /// <exception cref="InvalidOperationException">A layer lacks its own, without which its file could not be read.</exception>
    public static IReadOnlyList<(string Path, string Text)> Of(Model model) => [.. Of(SavedObject.Of(model), Assets)];

    /// <summary>Gives the layers of a model the vocabularies of an archive.</summary>
    /// <exception cref="ModelFormatException">One is missing, or does not fit.</exception>
    public static void Read(KerasArchive archive, SavedObject saved) => Read(archive, saved, Assets);

    /// <summary>Refuses a model whose vocabularies a <c>.h5</c> could not hold.</summary>
    /// <exception cref="NotSupportedException">There is one.</exception>
    public static void RefuseHdf5(Model model)
    {
        if (Of(model) is [(string path, _), ..])
        {
            throw new NotSupportedException(
                $"A .h5 has no place for a vocabulary that was learned or set later, as that of '{model.Name}' at {path}. Save it as "
                    + ".keras, or give the layer its vocabulary as a list when it is made."
            );
        }
    }

    private static IEnumerable<(string Path, string Text)> Of(SavedObject saved, string path)
    {
        if (saved.Layer is { LacksVocabulary: true } layer)
        {
            throw new InvalidOperationException(
                $"The {layer.ClassName} '{layer.Name}' has learned a vocabulary that its configuration does not hold, and was made from "
                    + "the configuration alone: a file of it could not be read. Call Adapt(data) or SetVocabulary(...) on it first, or use "
                    + "Clone or Save and Load, which keep vocabularies."
            );
        }

        (string, string)[] own = saved.Layer?.VocabularyText is string text ? [($"{path}/{VocabularyFiles.Name}", text)] : [];
        return own.Concat(saved.Parts.SelectMany(p => Of(p, $"{path}/{p.Group}")));
    }

    private static void Read(KerasArchive archive, SavedObject saved, string path)
    {
        if (saved.Layer is { WantsVocabulary: true } layer)
        {
            string member = $"{path}/{VocabularyFiles.Name}";
            try
            {
                layer.ReadVocabulary(archive.Text(member));
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
            {
                throw new ModelFormatException($"The vocabulary '{member}' of the archive does not fit '{layer.Name}': {e.Message}", e);
            }
        }

        foreach (SavedObject part in saved.Parts)
        {
            Read(archive, part, $"{path}/{part.Group}");
        }
    }
}
