using System.Globalization;
using Distillation.Keras;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Examples.Common;
using NumSharp;

namespace MnistDistillation;

/// <summary>Trains the students.</summary>
internal sealed class StudentTraining
{
    private const int BatchSize = 64;
    private const double Rate = 0.02;

    /// <summary>
    /// How many times as many epochs few labelled images get. They make few steps: these and smaller batches make enough of them.
    /// </summary>
    public const int FewEpochsFactor = 4;

    private const int FewBatchSize = 32;

    // A label that is not known.
    private const int None = -1;

    private readonly Options _options;
    private readonly int[] _someLabels;

    public StudentTraining(Options options, Digits data)
    {
        _options = options;
        Images = data.TrainCount;
        TestLabels = data.TestLabels;
        Labelled = options.LabelsFor(data.TrainCount);
        Epochs = options.StudentEpochsFor(data.TrainCount);
        _someLabels = [.. data.TrainLabels.Select((label, i) => i < Labelled ? label : None)];
        int all = (int)data.TrainCount;
        Rows =
        [
            new(Name(Labelled), Labelled, HasTeacher: false),
            new(Name(Labelled) + " + teacher", Labelled, HasTeacher: true),
            new(Name(all), all, HasTeacher: false),
            new(Name(all) + " + teacher", all, HasTeacher: true),
        ];
    }

    /// <summary>The table's rows for students.</summary>
    public IReadOnlyList<StudentRow> Rows { get; }

    /// <summary>How many images keep their label where there are few.</summary>
    public int Labelled { get; }

    /// <summary>How many training images there are.</summary>
    public long Images { get; }

    /// <summary>The epochs over all images.</summary>
    public int Epochs { get; }

    /// <summary>The labels of the test images.</summary>
    public IReadOnlyList<int> TestLabels { get; }

    /// <summary>
    /// Trains and tests the student of a row. The seed fixes its initial weights, which are the same in each row, and the order of the
    /// images.
    /// </summary>
    public Contestant Train(StudentRow row, Model teacher, int seed, Digits data, CancellationToken cancellationToken)
    {
        Utils.SetRandomSeed(seed);
        Sequential student = Networks.Student();
        History history = row.HasTeacher
            ? Distil(teacher, student, row, seed, data, cancellationToken)
            : Fit(student, row, data, cancellationToken);
        return Contestant.Test(row.Name, seed, student, history, data);
    }

    /// <summary>What the table calls a teacher of so many labels.</summary>
    public static string TeacherName(long labels) => string.Create(CultureInfo.InvariantCulture, $"teacher, {labels:N0} labels");

    private static string Name(int labels) => string.Create(CultureInfo.InvariantCulture, $"{labels:N0} labels");

    private History Fit(Sequential student, StudentRow row, Digits data, CancellationToken cancellationToken)
    {
        (int batchSize, int epochs) = row.Labels < Images ? (FewBatchSize, FewEpochsFactor * Epochs) : (BatchSize, Epochs);
        using NDArray x = data.TrainX[$":{row.Labels}"];
        using NDArray y = data.TrainY[$":{row.Labels}"];
        student.Compile(Optimizer(row.Labels, batchSize, epochs), "categorical_crossentropy", ["accuracy"]);
        return student.Fit(x, y, batch_size: batchSize, epochs: epochs, verbose: 0, cancellationToken: cancellationToken);
    }

    // The labels where there are any, and on every image the teacher's softened probabilities.
    private History Distil(Model teacher, Sequential student, StudentRow row, int seed, Digits data, CancellationToken cancellationToken) =>
        new Distiller(teacher)
            .WithStudent(student)
            .WithTemperature(_options.Temperature)
            .WithHardLossWeight(_options.HardWeight)
            .WithSoftLossWeight(1 - _options.HardWeight)
            .WithOptimizer(Optimizer(Images, BatchSize, Epochs))
            .WithSeed(seed)
            .Fit(
                data.TrainX,
                row.Labels < Images ? _someLabels : data.TrainY,
                batch_size: BatchSize,
                epochs: Epochs,
                verbose: 0,
                cancellationToken: cancellationToken
            )
            .History;

    // Adam, whose rate falls to 0 along a cosine.
    private static Adam Optimizer(long images, int batchSize, int epochs) =>
        new(new CosineDecay(Rate, (int)((images + batchSize - 1) / batchSize) * epochs));
}
