using NumSharp;

namespace Distillation.Keras.Teachers;

/// <content>From files of NumPy.</content>
public sealed partial class PrecomputedTeacher
{
    /// <summary>What <c>numpy.savez(path, logits=..., indices=...)</c> wrote.</summary>
    /// <param name="path">
    /// A NumPy archive with <c>logits</c>, <c>probabilities</c> or <c>numbers</c>, or with <c>classes</c> and <c>probabilities</c> of the k
    /// most probable ones; beside them <c>indices</c> where the rows are not those of all samples in order. Each as the method of that name
    /// takes it.
    /// </param>
    /// <param name="numClasses">How many classes there are; wanted beside <c>classes</c>, and there alone.</param>
    /// <param name="rest">What the classes beside the k most probable ones get.</param>
    /// <param name="multiLabel">Whether logits or probabilities are of labels, each of which is right or not, instead of classes.</param>
    /// <param name="name">What messages and tables call the teacher; by default the file's name.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no sound archive of numbers.</exception>
    /// <exception cref="ArgumentException">It holds other arrays, or they are not what they are called.</exception>
    public static PrecomputedTeacher FromNpz(
        string path,
        int? numClasses = null,
        TopKRest rest = TopKRest.Spread,
        bool multiLabel = false,
        string? name = null
    )
    {
        Arguments.Defined(rest, nameof(rest));
        IReadOnlyDictionary<string, NDArray> arrays = NpzArchive.Read(path);
        try
        {
            string called = name ?? Path.GetFileNameWithoutExtension(path);
            ArrayLike? indices = arrays.TryGetValue("indices", out NDArray? given) ? (ArrayLike)given : null;
            string[] held = [.. arrays.Keys.Where(k => k != "indices").Order(StringComparer.Ordinal)];
            bool isTopK = held is ["classes", "probabilities"];
            if (isTopK != numClasses.HasValue || (isTopK && multiLabel))
            {
                throw new ArgumentException(
                    $"numClasses says how many classes there are where '{path}' holds the k most probable ones (classes and "
                        + "probabilities), and is left out where it does not, but it "
                        + $"{(numClasses.HasValue ? "was given" : "is missing")}{(multiLabel ? ", with multiLabel" : string.Empty)}, and "
                        + $"the archive holds {Listed(held)}.",
                    nameof(numClasses)
                );
            }

            return held switch
            {
                ["logits"] => FromLogits(arrays["logits"], indices, multiLabel, called),
                ["probabilities"] => FromProbabilities(arrays["probabilities"], indices, multiLabel, called),
                ["numbers"] when !multiLabel => FromNumbers(arrays["numbers"], indices, called),
                ["classes", "probabilities"] => FromTopK(
                    arrays["classes"],
                    arrays["probabilities"],
                    numClasses!.Value,
                    rest,
                    indices,
                    called
                ),
                _ => throw new ArgumentException(
                    "An archive of a teacher's outputs holds logits, probabilities or numbers, or classes and probabilities, and "
                        + $"indices where it knows some samples alone, but '{path}' holds {Listed(held)}. Name the arrays so when they "
                        + "are written.",
                    nameof(path)
                ),
            };
        }
        finally
        {
            foreach (NDArray array in arrays.Values)
            {
                array.Dispose();
            }
        }
    }

    private static string Listed(string[] names) => names.Length == 0 ? "none" : $"'{string.Join("', '", names)}'";
}
