using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Strings again, from tensors that layers made of a vocabulary's strings.</summary>
internal static class StringArrays
{
    /// <summary>The strings that layers give, by what stands for them.</summary>
    public static Dictionary<(long, long), string> Words(IEnumerable<Layer> layers)
    {
        var words = new Dictionary<(long, long), string>();
        foreach (string word in layers.OfType<StringLookup>().Where(l => l.Invert).SelectMany(l => l.GetVocabulary().Append(l.OovToken)))
        {
            words[StringTensors.KeyOf(word)] = word;
        }

        return words;
    }

    /// <summary>The array of a tensor's strings.</summary>
    /// <exception cref="ArgumentException">It holds none, or others.</exception>
    public static Array Of(Tensor strings, Dictionary<(long, long), string> words)
    {
        if (!StringTensors.Are(TensorGuard.Alive(strings)))
        {
            throw new ArgumentException($"A tensor of strings is needed, but this one's type is {strings.dtype}.", nameof(strings));
        }

        using DisposeScope scope = NewDisposeScope();
        (Tensor hash, Tensor check) = StringTensors.Keys(strings.detach().cpu());
        long[] hashes = hash.data<long>().ToArray();
        long[] checks = check.data<long>().ToArray();
        var array = Array.CreateInstance(typeof(string), strings.shape);
        int[] place = new int[array.Rank];
        for (int i = 0; i < hashes.Length; i++)
        {
            if (!words.TryGetValue((hashes[i], checks[i]), out string? word))
            {
                throw new ArgumentException(
                    Invariant($"The tensor's string {i}, from 0, is in no vocabulary that could have made it."),
                    nameof(strings)
                );
            }

            array.SetValue(word, place);
            for (int axis = place.Length - 1; axis >= 0 && ++place[axis] == array.GetLength(axis); axis--)
            {
                place[axis] = 0;
            }
        }

        return array;
    }
}
