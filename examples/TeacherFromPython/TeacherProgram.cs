using System.Diagnostics;
using System.Globalization;
using Distillation.Keras;
using Distillation.Keras.Layers;
using Examples.Common;
using NumSharp;

namespace TeacherFromPython;

/// <summary>A teacher comes from Python as a file, and a student goes back as one.</summary>
public static class TeacherProgram
{
    private const int BatchSize = 64;
    private const string Resource = "teacher.keras";
    private const string TeacherFile = "teacher.keras";

    // The models and some room.
    private const long Bytes = 1 << 20;

    private static readonly string[] StudentFiles = ["student.keras", "student.h5"];

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the results go.</param>
    /// <param name="errors">Where messages go.</param>
    /// <param name="cancellationToken">Ends the program after the step under way.</param>
    /// <returns>The exit code.</returns>
    public static int Run(
        IReadOnlyList<string> arguments,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken = default
    ) => ExampleProgram.Run(Options.Line, arguments, Options.Read, o => Run(o, output, cancellationToken), output, errors);

    private static void Run(Options options, TextWriter output, CancellationToken cancellationToken)
    {
        using Digits data = Digits.Load("digits", options.Samples, options.Samples / 4, cancellationToken);
        if (options.Load is string file)
        {
            output.WriteLine(Tried(Load(file, output), data));
            return;
        }

        using OutputFolder folder = options.Out is string path ? new OutputFolder(path, Bytes) : OutputFolder.Temporary(Bytes);
        Utils.SetRandomSeed(options.Seed);
        using (Stream written = typeof(TeacherProgram).Assembly.GetManifestResourceStream(Resource)!)
        {
            folder.Put(TeacherFile, written.CopyTo);
        }

        Model untrained = Load(folder.PathOf(TeacherFile), output);
        output.WriteLine($"A network of Keras' own:    {Tried(untrained, data)}");
        Train(untrained, data, options.Epochs, cancellationToken);
        output.WriteLine($"The same, trained here:     {Tried(untrained, data)}");
        untrained.Save(folder.PathOf(TeacherFile));

        Model teacher = Load(folder.PathOf(TeacherFile), output);
        output.WriteLine($"Saved and loaded:           {Tried(teacher, data)}");
        Model student = new Distiller(teacher)
            .WithStudent(Student())
            .WithTemperature(2)
            .Fit(data.TrainX, data.TrainY, epochs: options.Epochs, batch_size: BatchSize, verbose: 0, cancellationToken: cancellationToken)
            .Student;
        output.WriteLine($"A student of the file:      {Tried(student, data)}");
        foreach (string name in StudentFiles)
        {
            student.Save(folder.PathOf(name));
            output.WriteLine($"{name + " in a new run:", -28}{InNewProcess(folder.PathOf(name), options)}");
        }

        if (!folder.IsTemporary)
        {
            output.WriteLine($"The files are in {folder.PathOf(string.Empty)}");
        }
    }

    private static Model Load(string file, TextWriter output)
    {
        try
        {
            Model model = Model.Load(file);
            foreach (string warning in model.LoadWarnings)
            {
                output.WriteLine($"{file}: {warning}");
            }

            return model;
        }
        catch (ModelFormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static void Train(Model model, Digits data, int epochs, CancellationToken cancellationToken)
    {
        model.Compile("adam", loss: "categorical_crossentropy", metrics: ["accuracy"]);
        model.Fit(data.TrainX, data.TrainY, epochs: epochs, batch_size: BatchSize, verbose: 0, cancellationToken: cancellationToken);
    }

    // A fraction of the teacher.
    private static Sequential Student() =>
        new(
            new Input(28, 28, 1),
            new AveragePooling2D((2, 2)),
            new Flatten(),
            new Dense(12, activation: "relu"),
            new Dense(10, activation: "softmax")
        );

    private static string Tried(Model model, Digits data)
    {
        using NDArray probabilities = model.Predict(data.TestX, batch_size: 256);
        using NDArray chosen = np.argmax(probabilities, 1);
        long[] classes = chosen.ToArray<long>();
        int right = classes.Where((c, i) => c == data.TestLabels[i]).Count();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{model.CountParams():N0} parameters, {right:N0} of {classes.Length:N0} digits right"
        );
    }

    private static string InNewProcess(string file, Options options)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        List<string> arguments = ["exec", typeof(TeacherProgram).Assembly.Location, "--load", file];
        if (options.Samples is int samples)
        {
            arguments.AddRange(["--samples", samples.ToString(CultureInfo.InvariantCulture)]);
        }

        using Process process = Process.Start(new ProcessStartInfo(host, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidDataException($"The second process could not read '{file}'.");
    }
}
