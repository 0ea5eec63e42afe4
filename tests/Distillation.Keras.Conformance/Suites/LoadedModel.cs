using System.Text.RegularExpressions;

namespace Distillation.Keras.Conformance;

/// <summary>Loads models from files, and tells what the library does not have from what it gets wrong.</summary>
internal static partial class LoadedModel
{
    /// <summary>The model in a file.</summary>
    /// <exception cref="UnsupportedException">It has something that the library has not.</exception>
    public static Model From(string path)
    {
        try
        {
            return Model.Load(path);
        }
        catch (ModelFormatException e) when (Missing().Match(e.Message) is { Success: true } missing)
        {
            throw new UnsupportedException($"the library has no {missing.Value}");
        }
        catch (ModelFormatException e) when (e.Message.Contains("It holds weights alone", StringComparison.Ordinal))
        {
            throw new UnsupportedException("the file has weights alone, and its architecture is not known");
        }
        catch (ModelFormatException e) when (e.Message.Contains("\"string\" was given", StringComparison.Ordinal))
        {
            throw new UnsupportedException("the library has no inputs of text");
        }
    }

    [GeneratedRegex(@"(?<=There is no )\w+ (class )?named '[^']*'")]
    private static partial Regex Missing();
}
