using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Distillations whose inputs are words.</summary>
public sealed class StringTests
{
    private static readonly string[] Vocabulary = ["cat", "dog", "eel"];
    private static readonly string[] Words = [.. Enumerable.Range(0, 40).Select(i => i % 7 == 0 ? "yak" : Vocabulary[i % 3])];
    private static readonly float[,] Numbers = Toy.X(Words.Length);
    private static readonly int[] Labels = [.. Words.Select((w, i) => (w.Length + w[0] + i / 20) % 3)];

    // What the lookup gives: unknown words first.
    private static float[,] OneHot() => Toy.OneHot([.. Words.Select(w => Array.IndexOf(Vocabulary, w) + 1)]);

    private static Model Classifier(bool ofWords, int seed)
    {
        var numbers = new Input(Toy.Width, name: "numbers");
        Input words = ofWords ? new Input([], dtype: "string", name: "words") : new Input(4, name: "words");
        KerasTensor encoded = ofWords ? new StringLookup(vocabulary: Vocabulary, output_mode: "one_hot").Apply(words) : words.Output;
        KerasTensor joined = new Concatenate().Apply([encoded, numbers]);
        return new Model((Input[])[words, numbers], Toy.Dense(3, seed, "softmax").Apply(joined));
    }

    private static double[] Student(bool ofWords)
    {
        ArrayLike x = new Dictionary<string, ArrayLike> { ["words"] = ofWords ? Words : OneHot(), ["numbers"] = Numbers };
        Model student = new Distiller(Classifier(ofWords, seed: 3))
            .WithStudent(Classifier(ofWords, seed: 9))
            .WithSeed(1)
            .Fit(x, Labels, epochs: 2, batch_size: 8, verbose: 0, validation_data: (x, Labels))
            .Student;
        return Toy.Values(student);
    }

    [Test]
    public void A_student_of_words_is_that_of_their_numbers() => Assert.That(Student(ofWords: true), Is.EqualTo(Student(ofWords: false)));

    [Test]
    public void The_default_student_has_learned_what_the_teacher_has()
    {
        var normalization = new Normalization(name: "normalization");
        normalization.Adapt(Numbers);
        var lookup = new StringLookup(output_mode: "tf_idf", name: "lookup");
        lookup.Adapt(Words);
        var numbers = new Input(Toy.Width, name: "numbers");
        var words = new Input(new Shape(1), dtype: "string", name: "words");
        KerasTensor joined = new Concatenate().Apply([lookup.Apply(words), normalization.Apply(numbers)]);
        var teacher = new Model((Input[])[words, numbers], Toy.Dense(3, 3, "softmax").Apply(joined));
        string[][] rows = Array.ConvertAll(Words, w => new[] { w });
        ArrayLike x = new Dictionary<string, ArrayLike> { ["words"] = rows, ["numbers"] = Numbers };
        Model student = new Distiller(teacher).WithSeed(1).Fit(x, Labels, epochs: 1, batch_size: 8, verbose: 0).Student;
        Assert.That(Toy.Values(student.GetLayer("normalization")), Is.EqualTo(Toy.Values(normalization)));
        Assert.That(Toy.Values(normalization).Take(Toy.Width), Has.None.Zero);
        Assert.That(((StringLookup)student.GetLayer("lookup")).GetVocabulary(), Is.EqualTo(lookup.GetVocabulary()));
    }

    [Test]
    public void Numbers_in_the_place_of_words_are_refused()
    {
        ArrayLike x = new Dictionary<string, ArrayLike> { ["words"] = new float[Words.Length], ["numbers"] = Numbers };
        Assert.That(
            () => new Distiller(Classifier(true, 3)).WithStudent(Classifier(true, 9)).Fit(x, Labels, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("words").And.Message.Contains("string")
        );
    }

    [Test]
    public void Words_in_the_place_of_numbers_are_refused()
    {
        string[,] table = new string[Words.Length, Toy.Width];
        for (int i = 0; i < table.Length; i++)
        {
            table[i / Toy.Width, i % Toy.Width] = "cat";
        }

        ArrayLike x = new Dictionary<string, ArrayLike> { ["words"] = Words, ["numbers"] = table };
        Assert.That(
            () => new Distiller(Classifier(true, 3)).WithStudent(Classifier(true, 9)).Fit(x, Labels, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("numbers").And.Message.Contains("string")
        );
        Assert.That(
            () => new Distiller(Toy.Mlp()).WithStudent(Toy.Mlp(4)).Fit(table, Labels, verbose: 0),
            Throws.ArgumentException.With.Message.Contains("string")
        );
    }
}
