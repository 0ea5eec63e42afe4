using System.Globalization;
using Distillation.Keras;
using Distillation.Keras.Notebook;
using Examples.Common;
using NumSharp;
using static Distillation.Keras.KerasApi;

namespace NotebookPort;

/// <summary>
/// "Distilling the knowledge?", the notebook that this library starts from, cell by cell and in Keras' own names. It had six faults; each
/// is named where it was, with what is done about it.
/// </summary>
internal static class Notebook
{
    /// <summary>Runs its cells in turn.</summary>
    public static void Run(Options options)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        int batch_size = options.BatchSize;
        int epochs = options.Epochs;
        double temperature = options.Temperature;
        double lambda_const = options.Lambda;

        // %% [1] Seeds and data: bytes, labels as integers.
        const int num_classes = 10;
        keras.utils.set_random_seed(options.Seed);
        var ((x_bytes, y_labels), (x_test_bytes, y_test_labels)) = options.Data switch
        {
            "digits" => keras.datasets.digits.load_data(),
            "mnist" => keras.datasets.mnist.load_data(),
            "fashion" => keras.datasets.fashion_mnist.load_data(),
            string folder => ImageFolder.Load(
                folder,
                f => keras.datasets.mnist.load_data(f),
                f => keras.datasets.fashion_mnist.load_data(f)
            ),
        };
        if (options.Samples is int samples && samples < x_bytes.shape[0])
        {
            (x_bytes, y_labels) = (x_bytes[$":{samples}"].copy(), y_labels[$":{samples}"].copy());
            (x_test_bytes, y_test_labels) = (x_test_bytes[$":{samples / 4}"].copy(), y_test_labels[$":{samples / 4}"].copy());
        }

        Console.WriteLine($"[1] {options.Data}: {x_bytes.shape[0]:N0} training images, {x_test_bytes.shape[0]:N0} test images");

        // %% [2] Scaled to [0, 1], with a channel axis; labels one-hot.
        NDArray x_train = x_bytes.reshape(x_bytes.shape[0], 28, 28, 1).astype(NPTypeCode.Single) / 255f;
        NDArray x_test = x_test_bytes.reshape(x_test_bytes.shape[0], 28, 28, 1).astype(NPTypeCode.Single) / 255f;
        NDArray y_train = keras.utils.to_categorical(y_labels, num_classes);
        NDArray y_test = keras.utils.to_categorical(y_test_labels, num_classes);
        Console.WriteLine($"[2] x {Text(x_train)}, y {Text(y_train)}");

        // %% [3] The teacher: the CNN of the notebook. Its Adadelta had Keras 2's rate of 1.0; Keras 3's default is 0.001, so it is said
        // here.
        var layers = keras.layers;
        var teacher = keras.Sequential(
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation: "relu"),
            layers.Conv2D(64, (3, 3), activation: "relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation: "relu", kernel_constraint: keras.constraints.max_norm(3)),
            layers.Dropout(0.5),
            layers.Dense(num_classes, activation: "softmax")
        );
        teacher.compile(optimizer: keras.optimizers.Adadelta(1.0), loss: "categorical_crossentropy", metrics: ["accuracy"]);
        Console.WriteLine("[3] The teacher");
        teacher.summary(line_length: 80);

        // %% [4] Training and testing the teacher.
        Console.WriteLine("[4] Training the teacher");
        teacher.fit(x_train, y_train, batch_size: batch_size, epochs: epochs, verbose: 2, validation_data: (x_test, y_test));

        // %% [5] The teacher's logits.
        // Fault 1: the notebook popped the last layer off model.layers. That took away the whole last Dense with its softmax, so its
        // "logits" were the          128 values of a dropout layer and its output 256 wide. Repair: pop_softmax in the words of this
        // library; the Dense stays. Fault 2: it did so through a second name for the same model, and the teacher was broken too. Repair:
        // PopSoftmax returns a new model          on the same weights and leaves the teacher as it was.
        Model teacher_logits = teacher.PopSoftmax();
        using NDArray train_logits = teacher_logits.predict(x_train, batch_size: 256);
        Console.WriteLine($"[5] The teacher's logits {Text(train_logits)}");
        Console.WriteLine($"    The teacher still ends in {teacher.Layers[^1].Name}, with {teacher.count_params():N0} parameters");

        // %% [6] Targets: [one-hot | logits].
        // Fault 3: the student was trained on the one-hot labels alone, without the logits beside them, so that the loss split (128, 10)
        // into          (128, 10) and nothing: [128,0] against [128,246]. Repair: both halves, made by one call that checks their widths.
        DistillationTargets train_targets = DistillationTargets.From(teacher, x_train, y_train);
        DistillationTargets test_targets = DistillationTargets.From(teacher, x_test, y_test);
        Console.WriteLine(
            $"[6] Targets ({train_targets.Count:N0}, {2 * train_targets.NumClasses}): one-hot labels and the teacher's logits"
        );

        // %% [7] The student, small, and its output softened: [softmax(z) | softmax(z / T)].
        var student = keras.Sequential(
            layers.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(32, activation: "relu"),
            layers.Dense(num_classes, activation: "softmax")
        );
        IReadOnlyList<NDArray> start = student.get_weights();
        Model softened = student.WithSoftenedOutput(temperature);
        Console.WriteLine($"[7] The student: {student.count_params():N0} parameters; its softened output is {softened.Output.Shape}");

        // %% [8] The loss: lambda * CE(y, softmax(z)) + CE(softmax(v / T), softmax(z / T)).
        // Fault 4: it split at a hard-coded 10, and at 256 elsewhere. Repair: both halves are as wide as there are classes, which the loss
        // takes from          the prediction and holds against the targets.
        // Fault 6: it left out the paper's factor T * T, so the soft half counted the less the higher T was. This is the notebook's own
        //          loss; cell [12] trains with the factor.
        var loss = KnowledgeDistillationLoss.Notebook(lambda_const, temperature);
        Console.WriteLine($"[8] The loss: {lambda_const} * hard + soft, T = {temperature}");

        // %% [9] The metrics.
        // Fault 5: the accuracy was measured over both halves at once. Repair: each metric looks at its own half.
        MetricList metrics = DistillationMetrics.Notebook(temperature);
        Console.WriteLine($"[9] Metrics: {string.Join(", ", metrics.All.Select(m => m.Name))}");

        // %% [10] Training the student on the teacher's softened probabilities.
        Console.WriteLine("[10] Training the student");
        softened.compile(keras.optimizers.Adadelta(1.0), loss, metrics);
        softened.fit(
            x_train,
            train_targets,
            batch_size: batch_size,
            epochs: epochs,
            verbose: 2,
            validation_data: new ValidationData(x_test, test_targets)
        );

        // %% [11] Testing. The student shares its weights with the softened model and is a plain classifier.
        Logs student_logs = softened.evaluate(x_test, test_targets);
        Console.WriteLine("[11] The student on the test images");
        foreach ((string name, double value) in student_logs)
        {
            Console.WriteLine($"     {name, -26}{value, 8:F4}");
        }

        // %% [12] Comparison, from the same initial weights: a student that never saw the teacher, and one by the short road, with the
        // factor T * T.
        Console.WriteLine("[12] Comparison");
        Model alone = student.Clone();
        alone.set_weights(start);
        Model by_distiller = student.Clone();
        by_distiller.set_weights(start);
        alone.compile(optimizer: keras.optimizers.Adadelta(1.0), loss: "categorical_crossentropy", metrics: ["accuracy"]);
        alone.fit(x_train, y_train, batch_size: batch_size, epochs: epochs, verbose: 0);
        DistillationResult short_road = new Distiller(teacher)
            .WithStudent(by_distiller)
            .WithTemperature(temperature)
            .WithOptimizer(keras.optimizers.Adadelta(1.0))
            .WithSeed(options.Seed)
            .Fit(x_train, y_train, batch_size: batch_size, epochs: epochs, verbose: 0);

        student.compile(loss: "categorical_crossentropy", metrics: ["accuracy"]);
        short_road.Student.compile(loss: "categorical_crossentropy", metrics: ["accuracy"]);
        Console.WriteLine();
        Console.WriteLine($"{"model", -40}{"parameters", 14}{"accuracy", 12}{"loss", 10}");
        Row("teacher", teacher);
        Row("student on the labels alone", alone);
        Row("student, the notebook's loss", student);
        Row("student, the paper's loss (Distiller)", short_road.Student);

        void Row(string name, Model model)
        {
            Logs logs = model.evaluate(x_test, y_test, batch_size: 256);
            Console.WriteLine($"{name, -40}{model.count_params(), 14:N0}{logs["accuracy"], 12:P2}{logs["loss"], 10:F4}");
        }
    }

    private static string Text(NDArray array) => $"({string.Join(", ", array.shape)})";
}
