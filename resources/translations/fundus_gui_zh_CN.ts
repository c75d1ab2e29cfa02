<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Fundus classifier</source>
        <translation>关于眼底照片分类</translation>
    </message>
    <message>
        <source>Fundus classifier {version}</source>
        <translation>眼底照片分类 {version}</translation>
    </message>
    <message>
        <source>Classifies colour fundus photographs with an ensemble of networks.</source>
        <translation>用多个网络的集成对彩色眼底照片进行分类。</translation>
    </message>
    <message>
        <source>&lt;b&gt;Versions:&lt;/b&gt; {versions}</source>
        <translation>&lt;b&gt;版本：&lt;/b&gt;{versions}</translation>
    </message>
    <message>
        <source>&lt;b&gt;Weights:&lt;/b&gt;&lt;br&gt;{weights}</source>
        <translation>&lt;b&gt;模型权重：&lt;/b&gt;&lt;br&gt;{weights}</translation>
    </message>
    <message>
        <source>none installed</source>
        <translation>未安装</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;Open images…</source>
        <translation>打开图像(&amp;O)…</translation>
    </message>
    <message>
        <source>Open one or more photographs</source>
        <translation>打开一张或多张照片</translation>
    </message>
    <message>
        <source>Open &amp;folder…</source>
        <translation>打开文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Open all photographs in a folder and the folders below it</source>
        <translation>打开文件夹及其子文件夹中的所有照片</translation>
    </message>
    <message>
        <source>Open the &amp;samples</source>
        <translation>打开示例(&amp;S)</translation>
    </message>
    <message>
        <source>Open synthetic photographs</source>
        <translation>打开合成的照片</translation>
    </message>
    <message>
        <source>&amp;Paste photograph</source>
        <translation>粘贴照片(&amp;P)</translation>
    </message>
    <message>
        <source>Add the picture or the files on the clipboard</source>
        <translation>加入剪贴板中的图片或文件</translation>
    </message>
    <message>
        <source>&amp;Export results…</source>
        <translation>导出结果(&amp;E)…</translation>
    </message>
    <message>
        <source>Write all results to a table</source>
        <translation>把所有结果写入表格</translation>
    </message>
    <message>
        <source>Export se&amp;lection…</source>
        <translation>导出所选结果(&amp;L)…</translation>
    </message>
    <message>
        <source>Write the results of the selected rows to a table</source>
        <translation>把所选行的结果写入表格</translation>
    </message>
    <message>
        <source>Contin&amp;ue a table…</source>
        <translation>继续写表格(&amp;U)…</translation>
    </message>
    <message>
        <source>Classify what is still missing in a table of an earlier run, and add it</source>
        <translation>对以前运行的表格中尚缺的照片进行分类并补入</translation>
    </message>
    <message>
        <source>Save c&amp;hart…</source>
        <translation>保存图表(&amp;H)…</translation>
    </message>
    <message>
        <source>Save the bar chart as PNG, SVG or PDF</source>
        <translation>把条形图保存为 PNG、SVG 或 PDF</translation>
    </message>
    <message>
        <source>&amp;Copy rows</source>
        <translation>复制行(&amp;C)</translation>
    </message>
    <message>
        <source>Copy the selected rows with all probabilities, to paste into a spreadsheet</source>
        <translation>复制所选行及全部概率，可粘贴到电子表格</translation>
    </message>
    <message>
        <source>Copy c&amp;hart</source>
        <translation>复制图表(&amp;H)</translation>
    </message>
    <message>
        <source>Copy the bar chart as a picture</source>
        <translation>把条形图复制为图片</translation>
    </message>
    <message>
        <source>&amp;Classify</source>
        <translation>分类(&amp;C)</translation>
    </message>
    <message>
        <source>Classify all photographs that are waiting</source>
        <translation>对所有等待中的照片进行分类</translation>
    </message>
    <message>
        <source>C&amp;ancel</source>
        <translation>取消(&amp;A)</translation>
    </message>
    <message>
        <source>Stop; what is classified already stays</source>
        <translation>停止；已分类的结果会保留</translation>
    </message>
    <message>
        <source>Classify at &amp;once</source>
        <translation>立即分类(&amp;O)</translation>
    </message>
    <message>
        <source>Start as soon as photographs are opened or other models are chosen</source>
        <translation>打开照片或选择其他模型后立即开始</translation>
    </message>
    <message>
        <source>&amp;Fast precision</source>
        <translation>快速精度(&amp;F)</translation>
    </message>
    <message>
        <source>Compute with fewer digits where the device gains speed by that; probabilities move by up to a few hundredths</source>
        <translation>在设备能因此加速时以较少的位数计算；概率的变化不超过百分之几</translation>
    </message>
    <message>
        <source>&amp;Reset the weights</source>
        <translation>重置权重(&amp;R)</translation>
    </message>
    <message>
        <source>Vote with the weights that belong to the ensemble</source>
        <translation>按集成自身的权重投票</translation>
    </message>
    <message>
        <source>Fi&amp;nd…</source>
        <translation>查找(&amp;N)…</translation>
    </message>
    <message>
        <source>Filter by file name</source>
        <translation>按文件名筛选</translation>
    </message>
    <message>
        <source>&amp;Grid</source>
        <translation>网格(&amp;G)</translation>
    </message>
    <message>
        <source>Show large thumbnails instead of a list</source>
        <translation>显示大缩略图而不是列表</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>适合窗口(&amp;F)</translation>
    </message>
    <message>
        <source>Show the whole photograph</source>
        <translation>显示整张照片</translation>
    </message>
    <message>
        <source>&amp;100 %</source>
        <translation>&amp;100 %</translation>
    </message>
    <message>
        <source>Show one pixel on one pixel of the screen</source>
        <translation>照片的一个像素对应屏幕的一个像素</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>放大(&amp;I)</translation>
    </message>
    <message>
        <source>Enlarge the photograph</source>
        <translation>放大照片</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>Shrink the photograph</source>
        <translation>缩小照片</translation>
    </message>
    <message>
        <source>As the &amp;model sees it</source>
        <translation>模型所见(&amp;M)</translation>
    </message>
    <message>
        <source>Show the photograph as it is cropped and scaled for the model</source>
        <translation>按模型的裁剪和缩放方式显示照片</translation>
    </message>
    <message>
        <source>Sort &amp;bars by probability</source>
        <translation>按概率排序条形(&amp;B)</translation>
    </message>
    <message>
        <source>Order the classes by probability instead of always alike</source>
        <translation>按概率排列类别，而不是固定顺序</translation>
    </message>
    <message>
        <source>&amp;Next photograph</source>
        <translation>下一张照片(&amp;N)</translation>
    </message>
    <message>
        <source>Go one row down</source>
        <translation>下移一行</translation>
    </message>
    <message>
        <source>&amp;Previous photograph</source>
        <translation>上一张照片(&amp;P)</translation>
    </message>
    <message>
        <source>Go one row up</source>
        <translation>上移一行</translation>
    </message>
    <message>
        <source>&amp;New training</source>
        <translation>新建训练(&amp;N)</translation>
    </message>
    <message>
        <source>Set up a new training</source>
        <translation>设置一次新的训练</translation>
    </message>
    <message>
        <source>&amp;Choose photographs…</source>
        <translation>选择照片(&amp;C)…</translation>
    </message>
    <message>
        <source>Choose the folder of labelled photographs to learn from</source>
        <translation>选择用于学习的带标签照片的文件夹</translation>
    </message>
    <message>
        <source>&amp;Start training</source>
        <translation>开始训练(&amp;S)</translation>
    </message>
    <message>
        <source>Start what is set up</source>
        <translation>开始已设置好的训练</translation>
    </message>
    <message>
        <source>&amp;Open a run folder…</source>
        <translation>打开训练文件夹(&amp;O)…</translation>
    </message>
    <message>
        <source>Add a training that lies elsewhere to the list</source>
        <translation>把其他位置的训练加入列表</translation>
    </message>
    <message>
        <source>&amp;New evaluation</source>
        <translation>新建评估(&amp;N)</translation>
    </message>
    <message>
        <source>Measure models on photographs whose classes are known</source>
        <translation>在类别已知的照片上衡量模型</translation>
    </message>
    <message>
        <source>Choose the folder of labelled photographs to measure on</source>
        <translation>选择用于评估的带标签照片的文件夹</translation>
    </message>
    <message>
        <source>&amp;Start evaluation</source>
        <translation>开始评估(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Cancel evaluation</source>
        <translation>取消评估(&amp;C)</translation>
    </message>
    <message>
        <source>Stop; nothing is kept</source>
        <translation>停止；不保留任何结果</translation>
    </message>
    <message>
        <source>Open &amp;report</source>
        <translation>打开报告(&amp;R)</translation>
    </message>
    <message>
        <source>Open the page with all figures, tables and pictures in the browser</source>
        <translation>在浏览器中打开包含全部指标、表格和图片的页面</translation>
    </message>
    <message>
        <source>Save as &amp;PDF…</source>
        <translation>另存为 &amp;PDF…</translation>
    </message>
    <message>
        <source>Write the report as a PDF file</source>
        <translation>把报告写成 PDF 文件</translation>
    </message>
    <message>
        <source>E&amp;xport evaluation…</source>
        <translation>导出评估(&amp;X)…</translation>
    </message>
    <message>
        <source>Write report, tables and predictions into a new folder, to be passed on</source>
        <translation>把报告、表格和预测写入一个新文件夹，以便转交他人</translation>
    </message>
    <message>
        <source>Open &amp;folder</source>
        <translation>打开文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>Show the evaluation&apos;s files</source>
        <translation>显示评估的文件</translation>
    </message>
    <message>
        <source>Classify</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>Photographs, their classes and the vote</source>
        <translation>照片、类别与投票</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Trainings, and a new one on your own photographs</source>
        <translation>已有的训练，以及用自己的照片进行新的训练</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>How good models are on photographs whose classes are known</source>
        <translation>模型在类别已知的照片上表现如何</translation>
    </message>
    <message>
        <source>Exports with &amp;pseudonyms</source>
        <translation>以假名导出(&amp;P)</translation>
    </message>
    <message>
        <source>Name photographs and patients by pseudonyms in all that is written or copied</source>
        <translation>在所有写出或复制的内容中，以假名表示照片和患者</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>&amp;Conference mode</source>
        <translation>展示模式(&amp;C)</translation>
    </message>
    <message>
        <source>Show photographs and their votes over the whole screen, round and round</source>
        <translation>在整个屏幕上循环显示照片及其投票</translation>
    </message>
    <message>
        <source>File &amp;names in conference mode</source>
        <translation>展示模式中显示文件名(&amp;N)</translation>
    </message>
    <message>
        <source>Let the audience and visitors see the names of files instead of numbers</source>
        <translation>让观众和参观者看到文件名而不是编号</translation>
    </message>
    <message>
        <source>&amp;Guide</source>
        <translation>指南(&amp;G)</translation>
    </message>
    <message>
        <source>Read how the program is used</source>
        <translation>阅读程序的使用方法</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>List all keyboard shortcuts</source>
        <translation>列出所有键盘快捷键</translation>
    </message>
    <message>
        <source>Save &amp;diagnostic report…</source>
        <translation>保存诊断报告(&amp;D)…</translation>
    </message>
    <message>
        <source>Write versions, settings and log to a file; nothing is sent</source>
        <translation>把版本、设置和日志写入文件；不发送任何内容</translation>
    </message>
    <message>
        <source>&amp;About</source>
        <translation>关于(&amp;A)</translation>
    </message>
    <message>
        <source>Versions and weights</source>
        <translation>版本与模型权重</translation>
    </message>
    <message>
        <source>As the &amp;system</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
</context>
<context>
    <name>AssessmentComparison</name>
    <message>
        <source>Figures side by side</source>
        <translation>指标并列比较</translation>
    </message>
    <message>
        <source>Figures of the vote with 95 % intervals; the best value is bold.</source>
        <translation>投票的指标及其 95 % 区间；最佳值以粗体显示。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln evaluation(s)</source>
        <translation>
            <numerusform>%Ln 次评估</numerusform>
        </translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Patients</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>They were measured on different photographs: a difference may be one of the photographs instead of the models.</source>
        <translation>这些评估所用的照片不同：差异可能来自照片，而不是模型。</translation>
    </message>
</context>
<context>
    <name>AssessmentList</name>
    <message>
        <source>Your evaluations will be listed here.</source>
        <translation>您的评估将列在这里。</translation>
    </message>
    <message>
        <source>Open &amp;folder</source>
        <translation>打开文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>重命名(&amp;R)…</translation>
    </message>
    <message>
        <source>Move to the &amp;trash…</source>
        <translation>移到回收站(&amp;T)…</translation>
    </message>
    <message>
        <source>&amp;Running evaluation</source>
        <translation>正在进行的评估(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;New evaluation</source>
        <translation>新建评估(&amp;N)</translation>
    </message>
    <message>
        <source>See how far it is</source>
        <translation>查看进度</translation>
    </message>
    <message>
        <source>Measure models on photographs whose classes are known</source>
        <translation>在类别已知的照片上衡量模型</translation>
    </message>
    <message>
        <source>Evaluations</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Rename the evaluation</source>
        <translation>重命名评估</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Move to the trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Move “{name}” to the trash?</source>
        <translation>把“{name}”移到回收站？</translation>
    </message>
    <message>
        <source>Move {count} evaluations to the trash?</source>
        <translation>把 {count} 次评估移到回收站？</translation>
    </message>
    <message>
        <source>The photographs and their second opinions stay where they are.</source>
        <translation>照片及其第二意见保留在原处。</translation>
    </message>
    <message>
        <source>&amp;Move to the trash</source>
        <translation>移到回收站(&amp;M)</translation>
    </message>
</context>
<context>
    <name>Calibration</name>
    <message>
        <source>On these photographs the probability of an answer and the share of right answers lie {before} points apart without the temperature of {temperature}, and {after} with it.</source>
        <translation>在这些照片上，不使用温度 {temperature} 时，回答的概率与正确回答的比例相差 {before} 个百分点；使用后相差 {after} 个百分点。</translation>
    </message>
    <message>
        <source>It does not help here.</source>
        <translation>在此处没有帮助。</translation>
    </message>
    <message>
        <source>The vote does not use this temperature; it has its own.</source>
        <translation>投票不使用此温度；它有自己的温度。</translation>
    </message>
    <message>
        <source>The set of an image was to hold its true class in {promised} of cases; here it does in {reached}, with {size} classes on average.</source>
        <translation>图像的预测集应在 {promised} 的情况下包含真实类别；此处为 {reached}，平均包含 {size} 个类别。</translation>
    </message>
    <message>
        <source>Every class has its own threshold, so the promise is made for each.</source>
        <translation>每个类别有各自的阈值，因此该保证对每个类别都成立。</translation>
    </message>
    <message>
        <source>One threshold serves all classes, so a single class may get less.</source>
        <translation>所有类别共用一个阈值，因此个别类别可能达不到。</translation>
    </message>
    <message>
        <source>Clearly less: {classes}.</source>
        <translation>明显偏低：{classes}。</translation>
    </message>
    <message>
        <source>The ensemble&apos;s own temperature of {value} is applied.</source>
        <translation>使用集成自身的温度 {value}。</translation>
    </message>
    <message>
        <source>Nothing was fitted here. To fit temperature and prediction sets, make a new evaluation and choose a second part to fit them on, for example validation.</source>
        <translation>此处没有拟合任何内容。要拟合温度和预测集，请新建评估，并选择第二个部分（例如验证部分）用于拟合。</translation>
    </message>
    <message>
        <source>Too sure of itself: on the tuning part its probabilities had to be softened.</source>
        <translation>过于自信：在调整部分上，其概率需要变得平缓。</translation>
    </message>
    <message>
        <source>Not sure enough: on the tuning part its probabilities had to be sharpened.</source>
        <translation>不够自信：在调整部分上，其概率需要变得更尖锐。</translation>
    </message>
    <message>
        <source>As sure as it should be: on the tuning part nearly nothing had to be changed.</source>
        <translation>自信程度恰当：在调整部分上几乎无需改变。</translation>
    </message>
</context>
<context>
    <name>CalibrationTab</name>
    <message>
        <source>The calibration in words</source>
        <translation>校准的文字说明</translation>
    </message>
    <message>
        <source>Prediction sets</source>
        <translation>预测集</translation>
    </message>
    <message>
        <source>The prediction sets in words</source>
        <translation>预测集的文字说明</translation>
    </message>
    <message>
        <source>As measured</source>
        <translation>测量值</translation>
    </message>
    <message>
        <source>With temperature {value}</source>
        <translation>使用温度 {value}</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Divides the logits; above 1 makes answers less sure</source>
        <translation>除以 logits；大于 1 时回答变得不那么肯定</translation>
    </message>
    <message>
        <source>ECE</source>
        <translation>ECE</translation>
    </message>
    <message>
        <source>Expected calibration error, bins of equal width</source>
        <translation>期望校准误差，等宽分箱</translation>
    </message>
    <message>
        <source>Adaptive ECE</source>
        <translation>自适应 ECE</translation>
    </message>
    <message>
        <source>Calibration error, bins with as many images each</source>
        <translation>校准误差，各箱图像数相同</translation>
    </message>
    <message>
        <source>Log-loss</source>
        <translation>对数损失</translation>
    </message>
    <message>
        <source>Mean negative log-likelihood in nats</source>
        <translation>负对数似然的平均值（奈特）</translation>
    </message>
    <message>
        <source>Brier score</source>
        <translation>Brier 分数</translation>
    </message>
    <message>
        <source>Mean squared distance from the true class</source>
        <translation>与真实类别的均方距离</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Figures before and after the temperature</source>
        <translation>使用温度前后的指标</translation>
    </message>
    <message>
        <source>Bold: better than before; of all these figures less is better</source>
        <translation>粗体：优于之前；这些指标都是越小越好</translation>
    </message>
    <message>
        <source>Model:</source>
        <translation>模型：</translation>
    </message>
    <message>
        <source>Choose an evaluation to see its calibration.</source>
        <translation>选择一次评估以查看其校准。</translation>
    </message>
</context>
<context>
    <name>Chart</name>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Loss (training dashed)</source>
        <translation>损失（虚线为训练）</translation>
    </message>
    <message>
        <source>Scores</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Scores (training dashed)</source>
        <translation>得分（虚线为训练）</translation>
    </message>
    <message>
        <source>Macro-AUC in validation</source>
        <translation>验证部分的宏平均 AUC</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>best: epoch {epoch}, {value}</source>
        <translation>最佳：第 {epoch} 轮，{value}</translation>
    </message>
    <message>
        <source>No epoch is done yet</source>
        <translation>尚未完成任何一轮</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Balanced accuracy</source>
        <translation>平衡准确率</translation>
    </message>
    <message>
        <source>Macro-AUC</source>
        <translation>宏平均 AUC</translation>
    </message>
    <message>
        <source>Log-loss</source>
        <translation>对数损失</translation>
    </message>
    <message>
        <source>Brier score</source>
        <translation>Brier 分数</translation>
    </message>
    <message>
        <source>Predicted class</source>
        <translation>预测类别</translation>
    </message>
    <message>
        <source>True class</source>
        <translation>真实类别</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像数</translation>
    </message>
    <message>
        <source>Right answers</source>
        <translation>正确回答</translation>
    </message>
    <message>
        <source>Gap to confidence</source>
        <translation>与置信度的差距</translation>
    </message>
    <message>
        <source>Share of right answers</source>
        <translation>正确回答的比例</translation>
    </message>
    <message>
        <source>Confidence (probability of the answer)</source>
        <translation>置信度（回答的概率）</translation>
    </message>
    <message>
        <source>All images</source>
        <translation>所有图像</translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation>覆盖率</translation>
    </message>
    <message>
        <source>Reached</source>
        <translation>达到</translation>
    </message>
    <message>
        <source>Promised: {share}</source>
        <translation>承诺：{share}</translation>
    </message>
    <message>
        <source>Sets that hold the true class</source>
        <translation>包含真实类别的预测集</translation>
    </message>
    <message>
        <source>Classes in the set</source>
        <translation>预测集中的类别数</translation>
    </message>
    <message>
        <source>Sizes, mean {size}</source>
        <translation>大小，平均 {size}</translation>
    </message>
    <message>
        <source>Score at the weights of</source>
        <translation>以下权重的得分</translation>
    </message>
    <message>
        <source>Weight of {first}, the rest for {second}</source>
        <translation>{first} 的权重；其余归 {second}</translation>
    </message>
</context>
<context>
    <name>ChosenPhotographs</name>
    <message>
        <source>← &amp;Back to the figures</source>
        <translation>← 返回指标(&amp;B)</translation>
    </message>
    <message>
        <source>Show the tabs again</source>
        <translation>重新显示各选项卡</translation>
    </message>
</context>
<context>
    <name>ClassAreas</name>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>AUC</source>
        <translation>AUC</translation>
    </message>
    <message>
        <source>AP</source>
        <translation>AP</translation>
    </message>
    <message>
        <source>Areas under the curves of each class</source>
        <translation>各类别曲线下的面积</translation>
    </message>
    <message>
        <source>Select a class to see its curves, double-click it to try its thresholds</source>
        <translation>选择一个类别以查看其曲线，双击可尝试其阈值</translation>
    </message>
    <message numerus="yes">
        <source>{name}: %Ln image(s)</source>
        <translation>
            <numerusform>{name}：%Ln 张图像</numerusform>
        </translation>
    </message>
    <message>
        <source>95 % interval: {low} to {high}</source>
        <translation>95 % 区间：{low} 至 {high}</translation>
    </message>
</context>
<context>
    <name>ClassTable</name>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Examples</source>
        <translation>示例</translation>
    </message>
</context>
<context>
    <name>ClassesTab</name>
    <message>
        <source>Figures of each class</source>
        <translation>各类别的指标</translation>
    </message>
    <message>
        <source>Models side by side</source>
        <translation>模型并列比较</translation>
    </message>
    <message>
        <source>Models compared in pairs</source>
        <translation>模型两两比较</translation>
    </message>
    <message>
        <source>Choose an evaluation on the left to see its figures.</source>
        <translation>在左侧选择一次评估以查看其指标。</translation>
    </message>
    <message>
        <source>Each class</source>
        <translation>各类别</translation>
    </message>
    <message>
        <source>All classes together</source>
        <translation>全部类别合计</translation>
    </message>
    <message>
        <source>Differences between models</source>
        <translation>模型之间的差异</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>Mean of the classes</source>
        <translation>各类别的平均</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Pair</source>
        <translation>配对</translation>
    </message>
    <message>
        <source>McNemar p</source>
        <translation>McNemar p 值</translation>
    </message>
    <message>
        <source>DeLong p</source>
        <translation>DeLong p 值</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>chi-squared</source>
        <translation>卡方</translation>
    </message>
    <message numerus="yes">
        <source>{first} alone is right on %Ln image(s), {second} alone on {b}; {kind} test, which takes images for independent</source>
        <translation>
            <numerusform>仅 {first} 判断正确的图像有 %Ln 张，仅 {second} 判断正确的有 {b} 张；{kind}检验，假定各图像相互独立</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} of {all} classes</source>
        <translation>{all} 个类别中的 {count} 个</translation>
    </message>
    <message>
        <source>Below each figure its {level} interval, found by drawing patients. Muted differences are not significant: the interval holds 0, or p is 0.05 or more. Bold is the best of a column. McNemar: images that only the first : only the second gets right. DeLong: the least p of all classes, not corrected for their number.</source>
        <translation>每个指标下方为其 {level} 区间，通过对患者抽样得到。浅色的差异不显著：区间包含 0，或 p 不小于 0.05。粗体为该列最佳。McNemar：仅第一个判对的图像数 : 仅第二个判对的图像数。DeLong：所有类别中最小的 p 值，未按类别数校正。</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Copy all figures and intervals, for a spreadsheet</source>
        <translation>复制所有指标和区间，用于电子表格</translation>
    </message>
    <message>
        <source>The table is on the clipboard.</source>
        <translation>表格已复制到剪贴板。</translation>
    </message>
</context>
<context>
    <name>ClassifyPage</name>
    <message>
        <source>The clipboard holds neither a picture nor files.</source>
        <translation>剪贴板中既没有图片也没有文件。</translation>
    </message>
    <message>
        <source>No photographs were found.</source>
        <translation>没有找到照片。</translation>
    </message>
    <message>
        <source>No photographs were found in {names}.</source>
        <translation>在 {names} 中没有找到照片。</translation>
    </message>
</context>
<context>
    <name>CloseQuestion</name>
    <message>
        <source>A training is running</source>
        <translation>训练正在进行</translation>
    </message>
    <message>
        <source>“{name}” is still training.</source>
        <translation>“{name}”仍在训练。</translation>
    </message>
    <message>
        <source>{count} trainings are still running.</source>
        <translation>仍有 {count} 次训练正在进行。</translation>
    </message>
    <message>
        <source>It can go on in the background: open the window again at any time to see how it is getting on.</source>
        <translation>训练可以在后台继续：随时重新打开窗口即可查看进展。</translation>
    </message>
    <message>
        <source>&amp;Keep training</source>
        <translation>继续训练(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Stop after this epoch</source>
        <translation>本轮结束后停止(&amp;S)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>CompareBar</name>
    <message>
        <source>What the ways to vote are judged by</source>
        <translation>投票方式的评判标准</translation>
    </message>
    <message>
        <source>&amp;Judge by</source>
        <translation>评判标准(&amp;J)</translation>
    </message>
    <message>
        <source>&amp;Compare methods</source>
        <translation>比较方法(&amp;C)</translation>
    </message>
    <message>
        <source>Progress of the comparison</source>
        <translation>比较的进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>正在取消…</translation>
    </message>
</context>
<context>
    <name>ConferenceMode</name>
    <message>
        <source>No weights are installed: there is nothing to show.</source>
        <translation>没有安装模型权重：没有可展示的内容。</translation>
    </message>
    <message>
        <source>One moment: the models are being loaded…</source>
        <translation>请稍候：正在加载模型…</translation>
    </message>
    <message>
        <source>There is no photograph here that can be classified.</source>
        <translation>此处没有可以分类的照片。</translation>
    </message>
    <message>
        <source>Synthetic photograph</source>
        <translation>合成的照片</translation>
    </message>
</context>
<context>
    <name>ConferenceSwitch</name>
    <message>
        <source>Not in conference mode: it would show names of files</source>
        <translation>会议模式下不可用：会显示文件名</translation>
    </message>
    <message>
        <source>Not in conference mode: it is for the owner of this computer</source>
        <translation>会议模式下不可用：仅供本计算机的所有者使用</translation>
    </message>
</context>
<context>
    <name>ConfusionMatrix</name>
    <message>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>{label} answered as {answer}: {count} of {total}</source>
        <translation>{label} 被判为 {answer}：{total} 张中的 {count} 张</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>灵敏度</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
</context>
<context>
    <name>ConfusionTab</name>
    <message>
        <source>&amp;Percent of each row</source>
        <translation>每行的百分比(&amp;P)</translation>
    </message>
    <message>
        <source>Choose an evaluation to see which class was taken for which.</source>
        <translation>选择一次评估以查看哪些类别被混淆。</translation>
    </message>
    <message>
        <source>&amp;Answers of</source>
        <translation>回答来自(&amp;A)</translation>
    </message>
    <message>
        <source>Click a cell to see its photographs.</source>
        <translation>单击单元格以查看其中的照片。</translation>
    </message>
    <message>
        <source>{label} answered as {answer}, worst first</source>
        <translation>{label} 被判为 {answer}，最严重的在前</translation>
    </message>
</context>
<context>
    <name>ConfusionView</name>
    <message>
        <source>Confusion matrix of the validation part</source>
        <translation>验证部分的混淆矩阵</translation>
    </message>
    <message>
        <source>{name}: {right} of {images} right</source>
        <translation>{name}：{images} 张中 {right} 张正确</translation>
    </message>
</context>
<context>
    <name>Counts</name>
    <message numerus="yes">
        <source>%Ln photograph(s)</source>
        <translation>
            <numerusform>%Ln 张照片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln patient(s)</source>
        <translation>
            <numerusform>%Ln 位患者</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{done} of %Ln epoch(s)</source>
        <translation>
            <numerusform>已完成 {done} / %Ln 轮</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Unexpected error</source>
        <translation>意外错误</translation>
    </message>
    <message>
        <source>Something went wrong that the program did not foresee. Your photographs and saved results are untouched. Please send these details to whoever gave you the program, then go on or start it again.</source>
        <translation>发生了程序未预料到的错误。您的照片和已保存的结果未受影响。请把这些详细信息发给向您提供本程序的人，然后继续使用或重新启动程序。</translation>
    </message>
    <message>
        <source>Details of the error</source>
        <translation>错误的详细信息</translation>
    </message>
    <message>
        <source>&amp;Copy details</source>
        <translation>复制详细信息(&amp;C)</translation>
    </message>
</context>
<context>
    <name>CurvesTab</name>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>All classes, or one whose threshold can be moved</source>
        <translation>所有类别，或一个可移动阈值的类别</translation>
    </message>
    <message>
        <source>ROC</source>
        <translation>ROC</translation>
    </message>
    <message>
        <source>1 − specificity</source>
        <translation>1 − 特异度</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>灵敏度</translation>
    </message>
    <message>
        <source>Precision-recall</source>
        <translation>精确率-召回率</translation>
    </message>
    <message>
        <source>Sensitivity (recall)</source>
        <translation>灵敏度（召回率）</translation>
    </message>
    <message>
        <source>Precision (PPV)</source>
        <translation>精确率（PPV）</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>所有类别</translation>
    </message>
    <message>
        <source>Threshold {threshold}: sensitivity {found}, specificity {spared}</source>
        <translation>阈值 {threshold}：灵敏度 {found}，特异度 {spared}</translation>
    </message>
    <message>
        <source>Only photographs of this class were judged, so it has no curve.</source>
        <translation>只评判了此类别的照片，因此没有曲线。</translation>
    </message>
    <message>
        <source>No photograph is of this class, so it has no curve.</source>
        <translation>没有此类别的照片，因此没有曲线。</translation>
    </message>
    <message>
        <source>Called {name} at {threshold}, but of another class</source>
        <translation>在 {threshold} 处被判为 {name}，实为其他类别</translation>
    </message>
    <message>
        <source>{name} missed at {threshold}</source>
        <translation>在 {threshold} 处漏判的 {name}</translation>
    </message>
    <message>
        <source>Model:</source>
        <translation>模型：</translation>
    </message>
    <message>
        <source>Class:</source>
        <translation>类别：</translation>
    </message>
    <message>
        <source>Choose an evaluation to see its curves.</source>
        <translation>选择一次评估以查看其曲线。</translation>
    </message>
</context>
<context>
    <name>CurvesView</name>
    <message>
        <source>Loss and scores by epoch</source>
        <translation>各轮的损失与得分</translation>
    </message>
    <message>
        <source>{name}: no epoch is done yet</source>
        <translation>{name}：尚未完成任何一轮</translation>
    </message>
    <message numerus="yes">
        <source>{name}: %Ln epoch(s), best macro-AUC {auc} in epoch {epoch}</source>
        <translation>
            <numerusform>{name}：%Ln 轮，第 {epoch} 轮的宏平均 AUC 最佳，为 {auc}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DataPane</name>
    <message>
        <source>Choose another &amp;folder…</source>
        <translation>选择其他文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Choose the folder that holds the labelled photographs</source>
        <translation>选择存放带标签照片的文件夹</translation>
    </message>
    <message>
        <source>Choose the photographs to learn from.</source>
        <translation>选择用于学习的照片。</translation>
    </message>
    <message>
        <source>The photographs cannot be trained on as they are.</source>
        <translation>这些照片目前还不能用于训练。</translation>
    </message>
    <message>
        <source>The photographs are being read.</source>
        <translation>正在读取照片。</translation>
    </message>
</context>
<context>
    <name>DataSection</name>
    <message>
        <source>Choose another &amp;folder…</source>
        <translation>选择其他文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Choose the folder that holds the labelled photographs</source>
        <translation>选择存放带标签照片的文件夹</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>Folders that were evaluated on before</source>
        <translation>以前评估过的文件夹</translation>
    </message>
    <message>
        <source>Choose the labelled photographs to measure on.</source>
        <translation>选择用于评估的带标签照片。</translation>
    </message>
    <message>
        <source>The photographs cannot be measured on as they are.</source>
        <translation>这些照片目前还不能用于评估。</translation>
    </message>
    <message>
        <source>The photographs are being read.</source>
        <translation>正在读取照片。</translation>
    </message>
    <message>
        <source>Nothing is known of patients, so that every photograph counts as another patient&apos;s. If some show the same person, a labels.csv with a column patient_id makes the intervals honest.</source>
        <translation>没有患者信息，因此每张照片都按不同患者计算。如果有照片属于同一人，带有 patient_id 列的 labels.csv 可使区间如实。</translation>
    </message>
</context>
<context>
    <name>DataWelcome</name>
    <message>
        <source>Drop a folder of labelled photographs here</source>
        <translation>把带标签照片的文件夹拖放到这里</translation>
    </message>
    <message>
        <source>Choose &amp;folder…</source>
        <translation>选择文件夹(&amp;F)…</translation>
    </message>
    <message>
        <source>Choose the folder that holds the labelled photographs</source>
        <translation>选择存放带标签照片的文件夹</translation>
    </message>
    <message>
        <source>a folder for each class</source>
        <translation>每个类别一个文件夹</translation>
    </message>
    <message>
        <source>parts of class folders</source>
        <translation>各部分下再分类别文件夹</translation>
    </message>
    <message>
        <source>a table with filename, label,
and if known patient_id, split</source>
        <translation>含 filename、label 列的表格，
如已知还可含 patient_id、split</translation>
    </message>
</context>
<context>
    <name>Dates</name>
    <message>
        <source>d MMM</source>
        <translation>M月d日</translation>
    </message>
</context>
<context>
    <name>DecisionView</name>
    <message>
        <source>What becomes of the photograph</source>
        <translation>照片的处理结果</translation>
    </message>
    <message>
        <source>Prediction set</source>
        <translation>预测集</translation>
    </message>
    <message>
        <source>What holds for the ensemble&apos;s weights only</source>
        <translation>仅对集成自身权重成立的内容</translation>
    </message>
    <message>
        <source>Calibration, prediction set and referral hold for the ensemble&apos;s own weights.</source>
        <translation>校准、预测集和转人工阈值仅对集成自身的权重成立。</translation>
    </message>
    <message>
        <source>The probabilities are calibrated.</source>
        <translation>概率已经过校准。</translation>
    </message>
    <message>
        <source>Also possible: {others}. The set holds the class in {coverage} of cases.</source>
        <translation>也有可能：{others}。预测集在 {coverage} 的情况下包含真实类别。</translation>
    </message>
    <message>
        <source>No other class is in the set, which holds the class in {coverage} of cases.</source>
        <translation>预测集中没有其他类别，它在 {coverage} 的情况下包含真实类别。</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>一致性</translation>
    </message>
    <message>
        <source>{figure} {value}: at least the {threshold} that a report needs</source>
        <translation>{figure} {value}：达到报告结果所需的 {threshold}</translation>
    </message>
    <message>
        <source>{figure} {value}: below the {threshold} that a report needs</source>
        <translation>{figure} {value}：低于报告结果所需的 {threshold}</translation>
    </message>
</context>
<context>
    <name>DemoWindow</name>
    <message>
        <source>Fundus classifier</source>
        <translation>眼底照片分类</translation>
    </message>
</context>
<context>
    <name>EnsembleSaver</name>
    <message>
        <source>&amp;Save as ensemble…</source>
        <translation>保存为集成(&amp;S)…</translation>
    </message>
    <message>
        <source>Choose a method in the table; a single model is no ensemble</source>
        <translation>请在表格中选择一种方法；单个模型不构成集成</translation>
    </message>
    <message>
        <source>A model was trained on some of these photographs, so its weight is too high. This is written into the ensemble. Save it all the same?</source>
        <translation>有模型曾在其中一些照片上训练过，因此其权重偏高。这一点会写入集成。仍要保存吗？</translation>
    </message>
    <message>
        <source>Save as ensemble</source>
        <translation>保存为集成</translation>
    </message>
</context>
<context>
    <name>ErrorReporter</name>
    <message>
        <source>That did not work</source>
        <translation>操作未成功</translation>
    </message>
</context>
<context>
    <name>EvaluatePage</name>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>“{name}” is done.</source>
        <translation>“{name}”已完成。</translation>
    </message>
    <message>
        <source>The evaluation was stopped; nothing was kept.</source>
        <translation>评估已停止；未保留任何结果。</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
</context>
<context>
    <name>Evaluation</name>
    <message>
        <source>{ensemble} · {data} ({count})</source>
        <translation>{ensemble} · {data}（{count}）</translation>
    </message>
    <message>
        <source>AUC {auc} · bal. acc. {accuracy}</source>
        <translation>AUC {auc} · 平衡准确率 {accuracy}</translation>
    </message>
</context>
<context>
    <name>EvaluationStart</name>
    <message>
        <source>&amp;Start evaluation</source>
        <translation>开始评估(&amp;S)</translation>
    </message>
    <message>
        <source>Evaluating…</source>
        <translation>正在评估…</translation>
    </message>
    <message>
        <source>Classify the photographs and measure the answers</source>
        <translation>对照片进行分类并衡量其结果</translation>
    </message>
    <message>
        <source>Name of the evaluation and of its folder</source>
        <translation>评估及其文件夹的名称</translation>
    </message>
    <message>
        <source>The same evaluation from a terminal</source>
        <translation>在终端中进行相同评估的命令</translation>
    </message>
    <message>
        <source>Give the evaluation a name.</source>
        <translation>请为评估命名。</translation>
    </message>
</context>
<context>
    <name>Figure</name>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Balanced accuracy</source>
        <translation>平衡准确率</translation>
    </message>
    <message>
        <source>Mean precision</source>
        <translation>平均精确率</translation>
    </message>
    <message>
        <source>Mean specificity</source>
        <translation>平均特异度</translation>
    </message>
    <message>
        <source>Mean F1</source>
        <translation>平均 F1</translation>
    </message>
    <message>
        <source>Macro-AUC</source>
        <translation>宏平均 AUC</translation>
    </message>
    <message>
        <source>Weighted AUC</source>
        <translation>加权 AUC</translation>
    </message>
    <message>
        <source>Mean avg. precision</source>
        <translation>平均 AP（各类别）</translation>
    </message>
    <message>
        <source>MCC</source>
        <translation>MCC</translation>
    </message>
    <message>
        <source>Kappa</source>
        <translation>Kappa</translation>
    </message>
    <message>
        <source>Quadratic kappa</source>
        <translation>二次加权 Kappa</translation>
    </message>
    <message>
        <source>Log-loss</source>
        <translation>对数损失</translation>
    </message>
    <message>
        <source>Brier score</source>
        <translation>Brier 分数</translation>
    </message>
    <message>
        <source>ECE</source>
        <translation>ECE</translation>
    </message>
    <message>
        <source>Adaptive ECE</source>
        <translation>自适应 ECE</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>灵敏度</translation>
    </message>
    <message>
        <source>Specificity</source>
        <translation>特异度</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>AUC</source>
        <translation>AUC</translation>
    </message>
    <message>
        <source>Avg. precision</source>
        <translation>平均精度（AP）</translation>
    </message>
</context>
<context>
    <name>FigureView</name>
    <message>
        <source>Drawing…</source>
        <translation>正在绘制…</translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Open photographs</source>
        <translation>打开照片</translation>
    </message>
    <message>
        <source>Open a folder of photographs</source>
        <translation>打开照片文件夹</translation>
    </message>
    <message>
        <source>Continue a table of results</source>
        <translation>继续写结果表格</translation>
    </message>
</context>
<context>
    <name>FitMethod</name>
    <message>
        <source>Fixed, 0.6 and 0.4</source>
        <translation>固定，0.6 和 0.4</translation>
    </message>
    <message>
        <source>Equal weights</source>
        <translation>等权重</translation>
    </message>
    <message>
        <source>Grid search</source>
        <translation>网格搜索</translation>
    </message>
    <message>
        <source>Adaptive</source>
        <translation>自适应</translation>
    </message>
    <message>
        <source>Least variance</source>
        <translation>最小方差</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Log-odds</source>
        <translation>对数几率</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>熵</translation>
    </message>
    <message>
        <source>Greatest likelihood</source>
        <translation>最大似然</translation>
    </message>
    <message>
        <source>Greedy selection</source>
        <translation>贪心选择</translation>
    </message>
    <message>
        <source>those of Yuan et al. 2022</source>
        <translation>Yuan 等 2022 所用</translation>
    </message>
    <message>
        <source>the plain mean</source>
        <translation>简单平均</translation>
    </message>
    <message>
        <source>best of all weights in small steps</source>
        <translation>以小步长遍历所有权重取最佳</translation>
    </message>
    <message>
        <source>inverse of the Brier scores</source>
        <translation>Brier 分数的倒数</translation>
    </message>
    <message>
        <source>with correlated errors</source>
        <translation>考虑误差相关</translation>
    </message>
    <message>
        <source>by share of right answers</source>
        <translation>按正确回答的比例</translation>
    </message>
    <message>
        <source>by odds of right answers</source>
        <translation>按正确回答的几率</translation>
    </message>
    <message>
        <source>who is sure counts more, by image</source>
        <translation>越肯定的模型权重越大，逐图像计算</translation>
    </message>
    <message>
        <source>least log-loss of the vote</source>
        <translation>投票的对数损失最小</translation>
    </message>
    <message>
        <source>Caruana et al. 2004</source>
        <translation>Caruana 等 2004</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Photographs</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>&amp;Open on the Classify page</source>
        <translation>在分类页面打开(&amp;O)</translation>
    </message>
    <message>
        <source>Show in &amp;folder</source>
        <translation>在文件夹中显示(&amp;F)</translation>
    </message>
    <message>
        <source>The label looks &amp;wrong…</source>
        <translation>标签似乎有误(&amp;W)…</translation>
    </message>
    <message>
        <source>&amp;Remove the mark</source>
        <translation>移除标记(&amp;R)</translation>
    </message>
    <message>
        <source>There is no such photograph.</source>
        <translation>没有这样的照片。</translation>
    </message>
</context>
<context>
    <name>GalleryModel</name>
    <message>
        <source>Label: {label}</source>
        <translation>标签：{label}</translation>
    </message>
    <message>
        <source>Answer: {answer}, {confidence}</source>
        <translation>回答：{answer}，{confidence}</translation>
    </message>
    <message>
        <source>Patient: {patient}</source>
        <translation>患者：{patient}</translation>
    </message>
    <message>
        <source>Second opinion: the label looks right</source>
        <translation>第二意见：标签看来正确</translation>
    </message>
    <message>
        <source>Second opinion: the label looks wrong, rather {label}</source>
        <translation>第二意见：标签看来有误，应为 {label}</translation>
    </message>
    <message>
        <source>Second opinion: the label looks wrong</source>
        <translation>第二意见：标签看来有误</translation>
    </message>
</context>
<context>
    <name>GuideDialog</name>
    <message>
        <source>Guide</source>
        <translation>指南</translation>
    </message>
    <message>
        <source>Page of the guide</source>
        <translation>指南的页面</translation>
    </message>
    <message>
        <source>&amp;Contents</source>
        <translation>目录(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>返回(&amp;B)</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Save a diagnostic report</source>
        <translation>保存诊断报告</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>文本 (*.txt)</translation>
    </message>
    <message>
        <source>Report saved as {path}. It holds no photograph.</source>
        <translation>报告已保存为 {path}。其中不含照片。</translation>
    </message>
</context>
<context>
    <name>ImagePane</name>
    <message>
        <source>Photograph</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Screen pixels per pixel of the photograph</source>
        <translation>照片每像素对应的屏幕像素数</translation>
    </message>
    <message>
        <source>The model whose view is shown</source>
        <translation>显示其所见的模型</translation>
    </message>
    <message>
        <source>{models} ({size} px)</source>
        <translation>{models}（{size} 像素）</translation>
    </message>
    <message>
        <source>Select a photograph to see it here.</source>
        <translation>选择一张照片以在此处显示。</translation>
    </message>
    <message>
        <source>{width} × {height} px</source>
        <translation>{width} × {height} 像素</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Could not be read</source>
        <translation>无法读取</translation>
    </message>
</context>
<context>
    <name>ImageView</name>
    <message>
        <source>Photograph</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Wheel or + and −: zoom
Drag: move
0: fit
1: actual pixels
Double click: both</source>
        <translation>滚轮或 + 和 −：缩放
拖动：移动
0：适合窗口
1：实际像素
双击：在两者间切换</translation>
    </message>
</context>
<context>
    <name>LicenceNote</name>
    <message>
        <source>Licences of the weights</source>
        <translation>模型权重的许可证</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>未说明</translation>
    </message>
    <message>
        <source>&lt;b&gt;{terms} (not for commercial use)&lt;/b&gt;</source>
        <translation>&lt;b&gt;{terms}（不得用于商业用途）&lt;/b&gt;</translation>
    </message>
    <message>
        <source>the weights</source>
        <translation>模型权重</translation>
    </message>
    <message>
        <source>Licence of {names}: {terms}</source>
        <translation>{names}的许可证：{terms}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Tool bar</source>
        <translation>工具栏</translation>
    </message>
</context>
<context>
    <name>MeasuresForm</name>
    <message>
        <source>Advanced settings</source>
        <translation>高级设置</translation>
    </message>
    <message>
        <source>Show or hide how the figures are found</source>
        <translation>显示或隐藏指标的计算方式</translation>
    </message>
    <message>
        <source>classes without an order</source>
        <translation>类别没有顺序</translation>
    </message>
    <message>
        <source>Look for training photographs by their looks</source>
        <translation>按外观查找训练照片</translation>
    </message>
    <message>
        <source>Else only files of equal bytes are found; looking takes longer</source>
        <translation>否则只能找到字节完全相同的文件；按外观查找耗时更长</translation>
    </message>
    <message>
        <source>at most this share of errors among the reported</source>
        <translation>所报告结果中错误的比例上限</translation>
    </message>
    <message>
        <source>this share of the images</source>
        <translation>图像的这一比例</translation>
    </message>
    <message>
        <source>percentile</source>
        <translation>百分位数</translation>
    </message>
    <message>
        <source>BCa: bias-corrected and accelerated</source>
        <translation>BCa：偏差校正与加速</translation>
    </message>
    <message>
        <source>Order of the classes</source>
        <translation>类别的顺序</translation>
    </message>
    <message>
        <source>All classes from the least to the most severe, separated by commas</source>
        <translation>从最轻到最重列出所有类别，用逗号分隔</translation>
    </message>
    <message>
        <source>Specificity of thresholds</source>
        <translation>阈值的特异度</translation>
    </message>
    <message>
        <source>At which each class&apos;s threshold is chosen on the other part</source>
        <translation>在另一部分上选择各类别阈值时所达到的特异度</translation>
    </message>
    <message>
        <source>Coverage of sets</source>
        <translation>预测集的覆盖率</translation>
    </message>
    <message>
        <source>Share of the images whose prediction set is to hold their class</source>
        <translation>预测集应包含真实类别的图像比例</translation>
    </message>
    <message>
        <source>Refer</source>
        <translation>转人工</translation>
    </message>
    <message>
        <source>What the thresholds of the referral hold</source>
        <translation>转人工阈值所保证的内容</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Of errors or of images, as chosen above</source>
        <translation>错误的比例或图像的比例，如上所选</translation>
    </message>
    <message>
        <source>Bootstrap drawings</source>
        <translation>自助法抽样次数</translation>
    </message>
    <message>
        <source>Of patients, with replacement; more make intervals steadier</source>
        <translation>对患者有放回抽样；次数越多区间越稳定</translation>
    </message>
    <message>
        <source>Kind of interval</source>
        <translation>区间类型</translation>
    </message>
    <message>
        <source>How 95 % intervals are found</source>
        <translation>95 % 区间的计算方法</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Classify</source>
        <translation>分类(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Train</source>
        <translation>训练(&amp;T)</translation>
    </message>
    <message>
        <source>Eva&amp;luate</source>
        <translation>评估(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
</context>
<context>
    <name>MistakesTab</name>
    <message>
        <source>Re&amp;move the mark</source>
        <translation>移除标记(&amp;M)</translation>
    </message>
    <message>
        <source>Choose an evaluation to see its worst mistakes.</source>
        <translation>选择一次评估以查看其最严重的错误。</translation>
    </message>
    <message>
        <source>Which photographs are shown</source>
        <translation>显示哪些照片</translation>
    </message>
    <message>
        <source>All mistakes</source>
        <translation>所有错误</translation>
    </message>
    <message>
        <source>Mistakes without a mark</source>
        <translation>没有标记的错误</translation>
    </message>
    <message>
        <source>Marked photographs</source>
        <translation>有标记的照片</translation>
    </message>
    <message>
        <source>Filter by label</source>
        <translation>按标签筛选</translation>
    </message>
    <message>
        <source>Show only photographs with one label</source>
        <translation>只显示一个标签的照片</translation>
    </message>
    <message>
        <source>Second opinion</source>
        <translation>第二意见</translation>
    </message>
    <message>
        <source>Saved at once in a table beside the data; the labels stay as they are.</source>
        <translation>立即保存到数据旁的表格中；标签保持不变。</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>所有类别</translation>
    </message>
    <message>
        <source>{kind}, worst first</source>
        <translation>{kind}，最严重的在前</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>Whose figures are shown</source>
        <translation>显示谁的指标</translation>
    </message>
    <message>
        <source>The vote, or one of the models that vote</source>
        <translation>投票，或参与投票的某个模型</translation>
    </message>
    <message>
        <source>Vote: {name}</source>
        <translation>投票：{name}</translation>
    </message>
</context>
<context>
    <name>ModelChooser</name>
    <message>
        <source>Ensemble</source>
        <translation>集成</translation>
    </message>
    <message>
        <source>Models that vote with weights of their own</source>
        <translation>各模型以自己的权重投票</translation>
    </message>
    <message>
        <source>Chosen models, equal weights</source>
        <translation>所选模型，等权重</translation>
    </message>
    <message>
        <source>Ense&amp;mble</source>
        <translation>集成(&amp;M)</translation>
    </message>
    <message>
        <source>{name}: {architecture}, {size} px
Classes: {classes}
Licence: {licence}</source>
        <translation>{name}：{architecture}，{size} 像素
类别：{classes}
许可证：{licence}</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>未说明</translation>
    </message>
    <message>
        <source>Its classes differ from those of the checked models: {classes}</source>
        <translation>其类别与已勾选模型的类别不同：{classes}</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Research use only. Not a medical device; not for diagnosis or treatment.</source>
        <translation>仅供研究使用。不是医疗器械；不得用于诊断或治疗。</translation>
    </message>
</context>
<context>
    <name>NoticeBox</name>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>正常</translation>
    </message>
</context>
<context>
    <name>OperatingPane</name>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>From which probability on an image is called the class</source>
        <translation>概率达到多少时判为该类别</translation>
    </message>
    <message>
        <source>&amp;Copy threshold</source>
        <translation>复制阈值(&amp;C)</translation>
    </message>
    <message>
        <source>Copy the threshold with all its digits</source>
        <translation>复制阈值的全部数位</translation>
    </message>
    <message>
        <source>Show images of other classes that reach the threshold</source>
        <translation>显示达到阈值的其他类别图像</translation>
    </message>
    <message>
        <source>Show images of the class that do not reach the threshold</source>
        <translation>显示未达到阈值的该类别图像</translation>
    </message>
    <message>
        <source>Threshold for {name}</source>
        <translation>{name} 的阈值</translation>
    </message>
    <message>
        <source>◇ &amp;Fitted: {value}</source>
        <translation>◇ 拟合值(&amp;F)：{value}</translation>
    </message>
    <message>
        <source>Go to the threshold that keeps a specificity of {share} on the tuning part</source>
        <translation>转到在调整部分上保持 {share} 特异度的阈值</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{whole} 中的 {part}</translation>
    </message>
    <message>
        <source>False &amp;alarms ({count})</source>
        <translation>误报(&amp;A)（{count}）</translation>
    </message>
    <message>
        <source>&amp;Missed ({count})</source>
        <translation>漏判(&amp;M)（{count}）</translation>
    </message>
    <message>
        <source>Images called otherwise than by the most probable class: {changed} of {images}. PPV and NPV hold where {share} of the images are of the class, as here.</source>
        <translation>与按最可能类别的判定不同的图像：{images} 张中有 {changed} 张。PPV 和 NPV 适用于图像中有 {share} 属于该类别的情形，如此处。</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>灵敏度</translation>
    </message>
    <message>
        <source>Share of the class&apos;s images that is called</source>
        <translation>该类别图像中被判定的比例</translation>
    </message>
    <message>
        <source>Specificity</source>
        <translation>特异度</translation>
    </message>
    <message>
        <source>Share of the other images that is not called</source>
        <translation>其他图像中未被判定的比例</translation>
    </message>
    <message>
        <source>PPV</source>
        <translation>PPV</translation>
    </message>
    <message>
        <source>Positive predictive value: share of calls that is right</source>
        <translation>阳性预测值：判定中正确的比例</translation>
    </message>
    <message>
        <source>NPV</source>
        <translation>NPV</translation>
    </message>
    <message>
        <source>Negative predictive value: share of the rest that is right</source>
        <translation>阴性预测值：其余图像中正确的比例</translation>
    </message>
    <message>
        <source>Images by class and call</source>
        <translation>按类别和判定统计的图像</translation>
    </message>
    <message>
        <source>Of the class</source>
        <translation>属于该类别</translation>
    </message>
    <message>
        <source>Others</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>Not called</source>
        <translation>未判定</translation>
    </message>
    <message>
        <source>Copied the threshold {value}.</source>
        <translation>已复制阈值 {value}。</translation>
    </message>
</context>
<context>
    <name>OpinionDialog</name>
    <message>
        <source>Second opinion</source>
        <translation>第二意见</translation>
    </message>
    <message>
        <source>Kept in a table beside the data; the labels stay as they are.</source>
        <translation>保存在数据旁的表格中；标签保持不变。</translation>
    </message>
</context>
<context>
    <name>OpinionForm</name>
    <message>
        <source>Looks &amp;right</source>
        <translation>看来正确(&amp;R)</translation>
    </message>
    <message>
        <source>Looks &amp;wrong</source>
        <translation>看来有误(&amp;W)</translation>
    </message>
    <message>
        <source>Why, in a few words</source>
        <translation>用几个词说明原因</translation>
    </message>
    <message>
        <source>The label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>&amp;Better class</source>
        <translation>更合适的类别(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Note</source>
        <translation>备注(&amp;N)</translation>
    </message>
    <message>
        <source>No suggestion</source>
        <translation>没有建议</translation>
    </message>
</context>
<context>
    <name>Outputs</name>
    <message>
        <source>There are no results to export yet.</source>
        <translation>还没有可导出的结果。</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>导出结果</translation>
    </message>
    <message>
        <source>Rows written: {count} · {path}</source>
        <translation>已写入行数：{count} · {path}</translation>
    </message>
    <message>
        <source>No row with a result is selected.</source>
        <translation>没有选中带结果的行。</translation>
    </message>
    <message>
        <source>Rows copied: {count}</source>
        <translation>已复制行数：{count}</translation>
    </message>
    <message numerus="yes">
        <source>{table} was complete: %Ln row(s) kept</source>
        <translation>
            <numerusform>{table} 已完整：保留 %Ln 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{table}: %Ln row(s) kept, {again} classified again, {new} new</source>
        <translation>
            <numerusform>{table}：保留 %Ln 行，重新分类 {again} 行，新增 {new} 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>; %Ln fell out, kept in {backup}</source>
        <translation>
            <numerusform>；移出 %Ln 行，保存在 {backup}</numerusform>
        </translation>
    </message>
    <message>
        <source>Save the chart</source>
        <translation>保存图表</translation>
    </message>
    <message>
        <source>Chart saved as {path}</source>
        <translation>图表已保存为 {path}</translation>
    </message>
</context>
<context>
    <name>PartChoice</name>
    <message>
        <source>Who has shared the photographs out into parts</source>
        <translation>照片由谁划分为各部分</translation>
    </message>
    <message>
        <source>Photographs that the figures are measured on</source>
        <translation>用于衡量指标的照片</translation>
    </message>
    <message>
        <source>Photographs that temperature, prediction sets and thresholds are fitted on: others than those that are measured on, and none that a model was trained on</source>
        <translation>用于拟合温度、预测集和阈值的照片：与用于衡量的照片不同，且没有模型在其上训练过</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>Measure on</source>
        <translation>衡量所用部分</translation>
    </message>
    <message>
        <source>Fit thresholds on</source>
        <translation>拟合阈值所用部分</translation>
    </message>
    <message>
        <source>All photographs ({count})</source>
        <translation>所有照片（{count}）</translation>
    </message>
    <message>
        <source>As in the folder</source>
        <translation>按文件夹中的划分</translation>
    </message>
    <message>
        <source>As in the training “{name}”</source>
        <translation>按训练“{name}”中的划分</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Validation part of the training “{name}”</source>
        <translation>训练“{name}”的验证部分</translation>
    </message>
    <message>
        <source>Training part ({count})</source>
        <translation>训练部分（{count}）</translation>
    </message>
    <message>
        <source>Validation part ({count})</source>
        <translation>验证部分（{count}）</translation>
    </message>
    <message>
        <source>Test part ({count})</source>
        <translation>测试部分（{count}）</translation>
    </message>
</context>
<context>
    <name>PatientRow</name>
    <message>
        <source>Tell &amp;patients apart by file name:</source>
        <translation>按文件名区分患者(&amp;P)：</translation>
    </message>
    <message>
        <source>All photographs of a patient then stay in one part, so that none is learnt
from and tested on at once</source>
        <translation>同一患者的所有照片将留在同一部分，
避免同一患者既用于学习又用于测试</translation>
    </message>
    <message>
        <source>Pattern of the patients in the file names</source>
        <translation>文件名中患者的模式</translation>
    </message>
    <message>
        <source>A regular expression; its first group, or the one named patient, is the
patient, as in (\d+)_(left|right)</source>
        <translation>正则表达式；其第一个分组或名为 patient 的分组即为患者，
例如 (\d+)_(left|right)</translation>
    </message>
</context>
<context>
    <name>PhotographPreview</name>
    <message>
        <source>Photograph</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>patient {patient}</source>
        <translation>患者 {patient}</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>Select a photograph to see it here.</source>
        <translation>选择一张照片以在此处显示。</translation>
    </message>
</context>
<context>
    <name>ProbabilityBars</name>
    <message>
        <source>The votes on a classified photograph appear here.</source>
        <translation>已分类照片的投票将显示在此处。</translation>
    </message>
    <message>
        <source>Class probabilities</source>
        <translation>类别概率</translation>
    </message>
    <message>
        <source>What-if: not the ensemble&apos;s weights</source>
        <translation>假设分析：不是集成的权重</translation>
    </message>
</context>
<context>
    <name>ProblemBox</name>
    <message>
        <source>Everything up to the last saved state is kept: Resume goes on from there.</source>
        <translation>最后保存的状态之前的一切都已保留：点“继续”可从那里继续。</translation>
    </message>
    <message>
        <source>The best weights so far are kept and can be used.</source>
        <translation>目前最佳的权重已保留，可以使用。</translation>
    </message>
    <message>
        <source>Nothing is lost: start a new training when the reason is dealt with.</source>
        <translation>没有丢失任何内容：解决原因后开始新的训练。</translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>Fundus classifier</source>
        <translation>眼底照片分类</translation>
    </message>
    <message>
        <source>Settings put aside</source>
        <translation>设置已移到一旁</translation>
    </message>
    <message>
        <source>The settings file was damaged and is now {file}. What could be read of it is kept; everything else is as at the first start.</source>
        <translation>设置文件已损坏，现为 {file}。其中能读取的内容已保留；其余一切如首次启动。</translation>
    </message>
    <message>
        <source>Some weights cannot be used</source>
        <translation>部分模型权重无法使用</translation>
    </message>
</context>
<context>
    <name>ProgressPane</name>
    <message>
        <source>Progress of the evaluation</source>
        <translation>评估的进度</translation>
    </message>
    <message>
        <source>&amp;Cancel</source>
        <translation>取消(&amp;C)</translation>
    </message>
    <message>
        <source>Stop; nothing is kept, and the set-up stays</source>
        <translation>停止；不保留任何结果，设置保持不变</translation>
    </message>
    <message>
        <source>Writing figures, tables and the report</source>
        <translation>正在写入指标、表格和报告</translation>
    </message>
    <message>
        <source>: {done} of {total}</source>
        <translation>：{done} / {total}</translation>
    </message>
    <message>
        <source>{duration} left</source>
        <translation>剩余 {duration}</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>Reading the labels</source>
        <translation>正在读取标签</translation>
    </message>
    <message>
        <source>Looking for photographs that a model was trained on</source>
        <translation>正在查找模型训练时用过的照片</translation>
    </message>
    <message>
        <source>Loading models</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Classifying photographs</source>
        <translation>正在对照片分类</translation>
    </message>
    <message>
        <source>Measuring, with intervals</source>
        <translation>正在计算指标及区间</translation>
    </message>
</context>
<context>
    <name>ReadingProgress</name>
    <message>
        <source>Progress of the reading</source>
        <translation>读取的进度</translation>
    </message>
    <message>
        <source>Looking for duplicates: {done} of {total}</source>
        <translation>正在查找重复照片：{done} / {total}</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Open &amp;recent</source>
        <translation>最近打开(&amp;R)</translation>
    </message>
    <message>
        <source>Nothing opened yet</source>
        <translation>尚未打开任何内容</translation>
    </message>
</context>
<context>
    <name>RecipeForm</name>
    <message>
        <source>A recipe that fills the form, to be changed from there</source>
        <translation>填入表单的方案，可在此基础上修改</translation>
    </message>
    <message>
        <source>&amp;Reset to preset</source>
        <translation>恢复为预设(&amp;R)</translation>
    </message>
    <message>
        <source>Take all settings from the preset again</source>
        <translation>重新采用预设中的全部设置</translation>
    </message>
    <message>
        <source>Show or hide all other settings</source>
        <translation>显示或隐藏所有其他设置</translation>
    </message>
    <message>
        <source>&amp;Preset</source>
        <translation>预设(&amp;P)</translation>
    </message>
    <message>
        <source>Advanced settings, {count} changed</source>
        <translation>高级设置，已更改 {count} 项</translation>
    </message>
    <message>
        <source>Advanced settings</source>
        <translation>高级设置</translation>
    </message>
    <message>
        <source>Changed; the preset has {value}.</source>
        <translation>已更改；预设为 {value}。</translation>
    </message>
</context>
<context>
    <name>ReferralPane</name>
    <message>
        <source>Share of the images that is referred</source>
        <translation>转人工的图像比例</translation>
    </message>
    <message>
        <source>Refer more or fewer images, the least sure first</source>
        <translation>将更多或更少的图像转人工，最不确定的在前</translation>
    </message>
    <message>
        <source>The ensemble&apos;s thresholds in words</source>
        <translation>集成阈值的文字说明</translation>
    </message>
    <message>
        <source>Show th&amp;ese images ({count})</source>
        <translation>显示这些图像(&amp;E)（{count}）</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{whole} 中的 {part}</translation>
    </message>
    <message>
        <source>&amp;Show referred images ({count})</source>
        <translation>显示转人工的图像(&amp;S)（{count}）</translation>
    </message>
    <message>
        <source>{share} referred, {error} of the rest wrong</source>
        <translation>转人工 {share}，其余图像中 {error} 有误</translation>
    </message>
    <message>
        <source>This ensemble reports every image. To fit thresholds, make a new evaluation and choose a second part to fit them on, for example validation.</source>
        <translation>此集成对每张图像都报告结果。要拟合阈值，请新建评估，并选择第二个部分（例如验证部分）用于拟合。</translation>
    </message>
    <message>
        <source>Reported from a confidence of {level} on.</source>
        <translation>置信度达到 {level} 即报告结果。</translation>
    </message>
    <message>
        <source>At least {share} of the vote weight must agree.</source>
        <translation>投票权重的一致比例至少为 {share}。</translation>
    </message>
    <message>
        <source>Fitted for at most {rate} wrong among the reported.</source>
        <translation>按所报告结果中错误不超过 {rate} 拟合。</translation>
    </message>
    <message>
        <source>Fitted for at most {rate} referred.</source>
        <translation>按转人工不超过 {rate} 拟合。</translation>
    </message>
    <message>
        <source>Here they refer {share} and leave {error} wrong ({errors} of {reported}); wrong answers caught: {caught}.</source>
        <translation>此处转人工 {share}，剩余错误 {error}（{reported} 中的 {errors}）；拦截的错误回答：{caught}。</translation>
    </message>
    <message>
        <source>Referred</source>
        <translation>已转人工</translation>
    </message>
    <message>
        <source>Wrong among the rest</source>
        <translation>其余中的错误</translation>
    </message>
    <message>
        <source>Wrong answers caught</source>
        <translation>拦截的错误回答</translation>
    </message>
    <message>
        <source>Confidence from</source>
        <translation>置信度下限</translation>
    </message>
    <message>
        <source>Refer the least sure images</source>
        <translation>将最不确定的图像转人工</translation>
    </message>
    <message>
        <source>◇ The ensemble&apos;s thresholds</source>
        <translation>◇ 集成的阈值</translation>
    </message>
</context>
<context>
    <name>ReferralTab</name>
    <message>
        <source>Referral</source>
        <translation>转人工</translation>
    </message>
    <message>
        <source>Share referred to a person</source>
        <translation>转人工判读的比例</translation>
    </message>
    <message>
        <source>Wrong answers among the rest</source>
        <translation>其余中的错误回答</translation>
    </message>
    <message>
        <source>dotted: nobody referred, {share} wrong</source>
        <translation>虚线：全不转人工，错误 {share}</translation>
    </message>
    <message>
        <source>Confidence below {level}</source>
        <translation>置信度低于 {level}</translation>
    </message>
    <message>
        <source>Referred by the ensemble&apos;s thresholds</source>
        <translation>按集成的阈值转人工</translation>
    </message>
    <message>
        <source>Choose an evaluation to see its referral.</source>
        <translation>选择一次评估以查看其转人工情况。</translation>
    </message>
</context>
<context>
    <name>ReliabilityView</name>
    <message>
        <source>Reliability diagram</source>
        <translation>可靠性图</translation>
    </message>
    <message>
        <source>{confidence} sure, {accuracy} right</source>
        <translation>置信度 {confidence}，正确 {accuracy}</translation>
    </message>
</context>
<context>
    <name>ResultHeader</name>
    <message>
        <source>Open &amp;report</source>
        <translation>打开报告(&amp;R)</translation>
    </message>
    <message>
        <source>Open the page with all figures in the browser</source>
        <translation>在浏览器中打开包含全部指标的页面</translation>
    </message>
    <message>
        <source>Save as &amp;PDF…</source>
        <translation>另存为 &amp;PDF…</translation>
    </message>
    <message>
        <source>Write the report as a PDF file</source>
        <translation>把报告写成 PDF 文件</translation>
    </message>
    <message>
        <source>Open &amp;folder</source>
        <translation>打开文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>Show the evaluation&apos;s files: tables, predictions, report</source>
        <translation>显示评估的文件：表格、预测、报告</translation>
    </message>
    <message>
        <source>thresholds fitted on {part}</source>
        <translation>阈值在 {part} 上拟合</translation>
    </message>
    <message>
        <source>95 % interval, drawn anew by patients</source>
        <translation>95 % 区间，按患者重新抽样</translation>
    </message>
</context>
<context>
    <name>ResultPane</name>
    <message>
        <source>Classes</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>混淆</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Referral</source>
        <translation>转人工</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Subgroups</source>
        <translation>亚组</translation>
    </message>
    <message>
        <source>Mistakes</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>PDF files (*.pdf)</source>
        <translation>PDF 文件 (*.pdf)</translation>
    </message>
    <message>
        <source>Export the evaluation</source>
        <translation>导出评估</translation>
    </message>
    <message>
        <source>Folder (*)</source>
        <translation>文件夹 (*)</translation>
    </message>
    <message>
        <source>Writing {name}…</source>
        <translation>正在写入 {name}…</translation>
    </message>
    <message>
        <source>Trained on by a model</source>
        <translation>曾被模型用于训练</translation>
    </message>
    <message>
        <source>{name} was saved.</source>
        <translation>已保存 {name}。</translation>
    </message>
</context>
<context>
    <name>ResultsGrid</name>
    <message>
        <source>Photographs and results</source>
        <translation>照片与结果</translation>
    </message>
</context>
<context>
    <name>ResultsModel</name>
    <message>
        <source>Photograph {number}</source>
        <translation>照片 {number}</translation>
    </message>
    <message>
        <source>Could not be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Refer</source>
        <translation>转人工</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>一致性</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>处理</translation>
    </message>
</context>
<context>
    <name>ResultsPane</name>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>Filter nothing out any more</source>
        <translation>不再筛选</translation>
    </message>
    <message>
        <source>To refer to a person</source>
        <translation>需转人工判读</translation>
    </message>
    <message>
        <source>What-if: voted with weights moved by hand</source>
        <translation>假设分析：按手动调整的权重投票</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>所有类别</translation>
    </message>
    <message>
        <source>Filter by file name</source>
        <translation>按文件名筛选</translation>
    </message>
    <message>
        <source>Filter by number</source>
        <translation>按编号筛选</translation>
    </message>
    <message>
        <source>Filter by class</source>
        <translation>按类别筛选</translation>
    </message>
    <message>
        <source>Show only photographs of one class</source>
        <translation>只显示一个类别的照片</translation>
    </message>
    <message>
        <source>Filter by status</source>
        <translation>按状态筛选</translation>
    </message>
    <message>
        <source>Show only photographs with one status</source>
        <translation>只显示一种状态的照片</translation>
    </message>
    <message>
        <source>Every status</source>
        <translation>所有状态</translation>
    </message>
    <message>
        <source>Classified</source>
        <translation>已分类</translation>
    </message>
    <message>
        <source>Models disagree</source>
        <translation>模型意见不一</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Could not be read</source>
        <translation>无法读取</translation>
    </message>
    <message numerus="yes">
        <source>{shown} of %Ln photograph(s) shown</source>
        <translation>
            <numerusform>显示 %Ln 张照片中的 {shown} 张</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsTable</name>
    <message>
        <source>Photographs and results</source>
        <translation>照片与结果</translation>
    </message>
    <message>
        <source>Could not be read</source>
        <translation>无法读取</translation>
    </message>
</context>
<context>
    <name>Run</name>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Reading the labels</source>
        <translation>正在读取标签</translation>
    </message>
    <message>
        <source>Comparing photographs</source>
        <translation>正在比较照片</translation>
    </message>
    <message>
        <source>Decoding photographs</source>
        <translation>正在解码照片</translation>
    </message>
    <message>
        <source>Building the network</source>
        <translation>正在构建网络</translation>
    </message>
    <message>
        <source>{work}: {done} of {total}</source>
        <translation>{work}：{done} / {total}</translation>
    </message>
    <message>
        <source>epoch {epoch} of {total}</source>
        <translation>第 {epoch} / {total} 轮</translation>
    </message>
    <message>
        <source>AUC {auc} · bal. acc. {accuracy}</source>
        <translation>AUC {auc} · 平衡准确率 {accuracy}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>{days} d {hours} h</source>
        <translation>{days} 天 {hours} 小时</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
</context>
<context>
    <name>RunButtons</name>
    <message>
        <source>&amp;Pause</source>
        <translation>暂停(&amp;P)</translation>
    </message>
    <message>
        <source>Stop &amp;after this epoch</source>
        <translation>本轮结束后停止(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Stop now</source>
        <translation>立即停止(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>继续(&amp;R)</translation>
    </message>
    <message>
        <source>Open &amp;folder</source>
        <translation>打开文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>Open re&amp;port</source>
        <translation>打开报告(&amp;P)</translation>
    </message>
    <message>
        <source>Add to &amp;library…</source>
        <translation>加入模型库(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Evaluate model</source>
        <translation>评估模型(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Use model</source>
        <translation>使用模型(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>继续(&amp;C)</translation>
    </message>
    <message>
        <source>Keep everything in memory and wait</source>
        <translation>全部保留在内存中并等待</translation>
    </message>
    <message>
        <source>Finish and evaluate this epoch; can be resumed</source>
        <translation>完成并评估本轮；可以继续</translation>
    </message>
    <message>
        <source>Save the state after this update; can be resumed</source>
        <translation>本次更新后保存状态；可以继续</translation>
    </message>
    <message>
        <source>Go on from the last saved state</source>
        <translation>从最后保存的状态继续</translation>
    </message>
    <message>
        <source>Show the run&apos;s files</source>
        <translation>显示训练的文件</translation>
    </message>
    <message>
        <source>Open the page with all figures of the run</source>
        <translation>打开包含训练全部指标的页面</translation>
    </message>
    <message>
        <source>Install the best weights under a name of your choice</source>
        <translation>以您选择的名称安装最佳权重</translation>
    </message>
    <message>
        <source>Measure the best weights on labelled photographs</source>
        <translation>在带标签的照片上衡量最佳权重</translation>
    </message>
    <message>
        <source>Classify with the best weights</source>
        <translation>用最佳权重进行分类</translation>
    </message>
    <message>
        <source>Continuing…</source>
        <translation>正在继续…</translation>
    </message>
    <message>
        <source>Pausing after this update…</source>
        <translation>本次更新后暂停…</translation>
    </message>
    <message>
        <source>Stopping after this epoch…</source>
        <translation>本轮结束后停止…</translation>
    </message>
    <message>
        <source>Stopping after this update…</source>
        <translation>本次更新后停止…</translation>
    </message>
    <message>
        <source>Add to library</source>
        <translation>加入模型库</translation>
    </message>
    <message>
        <source>Name of the model</source>
        <translation>模型的名称</translation>
    </message>
</context>
<context>
    <name>RunComparison</name>
    <message numerus="yes">
        <source>%Ln training(s)</source>
        <translation>
            <numerusform>%Ln 次训练</numerusform>
        </translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Best epoch</source>
        <translation>最佳轮</translation>
    </message>
    <message>
        <source>Balanced accuracy</source>
        <translation>平衡准确率</translation>
    </message>
    <message>
        <source>Macro-AUC</source>
        <translation>宏平均 AUC</translation>
    </message>
    <message>
        <source>Log loss</source>
        <translation>对数损失</translation>
    </message>
    <message>
        <source>The best figures of the trainings</source>
        <translation>各次训练的最佳指标</translation>
    </message>
</context>
<context>
    <name>RunHeader</name>
    <message>
        <source>Progress of the training</source>
        <translation>训练的进度</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>轮</translation>
    </message>
    <message>
        <source>Elapsed</source>
        <translation>已用时间</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>Per epoch</source>
        <translation>每轮</translation>
    </message>
    <message>
        <source>Images/s</source>
        <translation>张/秒</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Balanced accuracy</source>
        <translation>平衡准确率</translation>
    </message>
    <message>
        <source>Macro-AUC</source>
        <translation>宏平均 AUC</translation>
    </message>
    <message>
        <source>Of the best epoch, on the validation part</source>
        <translation>最佳轮在验证部分上的指标</translation>
    </message>
    <message numerus="yes">
        <source>%Ln photograph(s), {val} for validation</source>
        <translation>
            <numerusform>%Ln 张照片用于训练，{val} 张用于验证</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} classes</source>
        <translation>{count} 个类别</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>{count} 个参数</translation>
    </message>
</context>
<context>
    <name>RunList</name>
    <message>
        <source>&amp;New training</source>
        <translation>新建训练(&amp;N)</translation>
    </message>
    <message>
        <source>Set up a new training</source>
        <translation>设置一次新的训练</translation>
    </message>
    <message>
        <source>Your trainings will be listed here.</source>
        <translation>您的训练将列在这里。</translation>
    </message>
    <message>
        <source>Trainings</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>&amp;Resume</source>
        <translation>继续(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Use model</source>
        <translation>使用模型(&amp;U)</translation>
    </message>
    <message>
        <source>Open &amp;folder</source>
        <translation>打开文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Copy path</source>
        <translation>复制路径(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Hide from the list</source>
        <translation>从列表中隐藏(&amp;H)</translation>
    </message>
    <message>
        <source>The files stay where they are</source>
        <translation>文件保留在原处</translation>
    </message>
    <message>
        <source>&amp;Show hidden trainings</source>
        <translation>显示已隐藏的训练(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Open a run folder…</source>
        <translation>打开训练文件夹(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;Show in the list again</source>
        <translation>重新显示在列表中(&amp;S)</translation>
    </message>
    <message>
        <source>Open the folder of a training</source>
        <translation>打开训练的文件夹</translation>
    </message>
</context>
<context>
    <name>RunPane</name>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Select a training to see how it goes.</source>
        <translation>选择一次训练以查看其进展。</translation>
    </message>
    <message>
        <source>“{name}” was added to the models.</source>
        <translation>“{name}”已加入模型。</translation>
    </message>
</context>
<context>
    <name>RunStatusBar</name>
    <message>
        <source>Progress of the classification</source>
        <translation>分类的进度</translation>
    </message>
    <message>
        <source>The device that runs the models</source>
        <translation>运行模型的设备</translation>
    </message>
    <message>
        <source>Device: {name}</source>
        <translation>设备：{name}</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source> · {rate} images/s · {left} left</source>
        <translation> · {rate} 张/秒 · 剩余 {left}</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分</translation>
    </message>
</context>
<context>
    <name>RunView</name>
    <message>
        <source>Notices and log of the training</source>
        <translation>训练的提示与日志</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Curves, confusion matrix and log</source>
        <translation>曲线、混淆矩阵和日志</translation>
    </message>
</context>
<context>
    <name>SaveDialog</name>
    <message>
        <source>Save as ensemble</source>
        <translation>保存为集成</translation>
    </message>
    <message>
        <source>Name of the ensemble</source>
        <translation>集成的名称</translation>
    </message>
    <message>
        <source>As the name</source>
        <translation>与名称相同</translation>
    </message>
    <message>
        <source>Title of the ensemble</source>
        <translation>集成的标题</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>标题(&amp;T)</translation>
    </message>
</context>
<context>
    <name>SavePdf</name>
    <message>
        <source>Drawing the pictures…</source>
        <translation>正在绘制图片…</translation>
    </message>
    <message>
        <source>Writing the pages…</source>
        <translation>正在写入页面…</translation>
    </message>
</context>
<context>
    <name>SetsView</name>
    <message>
        <source>Prediction sets</source>
        <translation>预测集</translation>
    </message>
</context>
<context>
    <name>SettingGroup</name>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Optimisation</source>
        <translation>优化</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>数据增强</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>计算</translation>
    </message>
</context>
<context>
    <name>SettingTitle</name>
    <message>
        <source>Balance classes by</source>
        <translation>类别平衡方式</translation>
    </message>
    <message>
        <source>Colour variation</source>
        <translation>颜色变化</translation>
    </message>
    <message>
        <source>Compile the network</source>
        <translation>编译网络</translation>
    </message>
    <message>
        <source>CutMix α</source>
        <translation>CutMix α</translation>
    </message>
    <message>
        <source>EMA decay</source>
        <translation>EMA 衰减</translation>
    </message>
    <message>
        <source>Random erasing</source>
        <translation>随机擦除</translation>
    </message>
    <message>
        <source>Mirroring</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Validation fold</source>
        <translation>验证折</translation>
    </message>
    <message>
        <source>Initial size (px)</source>
        <translation>初始尺寸（像素）</translation>
    </message>
    <message>
        <source>Input size (px)</source>
        <translation>输入尺寸（像素）</translation>
    </message>
    <message>
        <source>Time budget (min)</source>
        <translation>时间预算（分钟）</translation>
    </message>
    <message>
        <source>Mixup α</source>
        <translation>Mixup α</translation>
    </message>
    <message>
        <source>Patience (epochs)</source>
        <translation>耐心（轮）</translation>
    </message>
    <message>
        <source>Pretrained weights</source>
        <translation>预训练权重</translation>
    </message>
    <message>
        <source>Augmentation policy</source>
        <translation>增强策略</translation>
    </message>
    <message>
        <source>Rotation (°)</source>
        <translation>旋转（°）</translation>
    </message>
    <message>
        <source>Random seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Save state every (min)</source>
        <translation>保存状态间隔（分钟）</translation>
    </message>
    <message>
        <source>Test-time augmentation</source>
        <translation>测试时增强</translation>
    </message>
    <message>
        <source>TensorBoard</source>
        <translation>TensorBoard</translation>
    </message>
</context>
<context>
    <name>SetupPane</name>
    <message>
        <source>1  Photographs</source>
        <translation>1  照片</translation>
    </message>
    <message>
        <source>2  Models</source>
        <translation>2  模型</translation>
    </message>
    <message>
        <source>Photographs and models</source>
        <translation>照片与模型</translation>
    </message>
    <message>
        <source>No weights are installed that could be evaluated.</source>
        <translation>没有安装可以评估的模型权重。</translation>
    </message>
    <message>
        <source>Choose an ensemble or at least one model.</source>
        <translation>请选择一个集成或至少一个模型。</translation>
    </message>
    <message>
        <source>The models do not know the class {foreign}; they know {known}. Choose other models, or rename the classes.</source>
        <translation>模型不认识类别 {foreign}；它们认识 {known}。请选择其他模型，或重命名类别。</translation>
    </message>
    <message>
        <source>2  Recipe</source>
        <translation>2  方案</translation>
    </message>
    <message>
        <source>Photographs and recipe</source>
        <translation>照片与方案</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
</context>
<context>
    <name>SortMenu</name>
    <message>
        <source>&amp;Sort by</source>
        <translation>排序方式(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Result</source>
        <translation>结果(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Confidence</source>
        <translation>置信度(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Agreement</source>
        <translation>一致性(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Outcome</source>
        <translation>处理(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Descending</source>
        <translation>降序(&amp;D)</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>The photograph and the vote of the models</source>
        <translation>照片及各模型的投票</translation>
    </message>
    <message>
        <source>Fundus classifier</source>
        <translation>眼底照片分类</translation>
    </message>
    <message>
        <source>Touch the screen or press any key to try it yourself</source>
        <translation>触摸屏幕或按任意键，亲自试一试</translation>
    </message>
    <message>
        <source>probability {confidence}</source>
        <translation>概率 {confidence}</translation>
    </message>
    <message>
        <source>the models agree</source>
        <translation>各模型意见一致</translation>
    </message>
    <message>
        <source>the models disagree</source>
        <translation>各模型意见不一</translation>
    </message>
    <message>
        <source>refer to a person</source>
        <translation>建议转人工判读</translation>
    </message>
    <message>
        <source>{model}, weight {weight}</source>
        <translation>{model}，权重 {weight}</translation>
    </message>
</context>
<context>
    <name>StartBar</name>
    <message>
        <source>C&amp;opy</source>
        <translation>复制(&amp;O)</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>N&amp;ame</source>
        <translation>名称(&amp;A)</translation>
    </message>
    <message>
        <source>Co&amp;mmand</source>
        <translation>命令(&amp;M)</translation>
    </message>
    <message>
        <source>The command was copied.</source>
        <translation>命令已复制。</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Reading the table…</source>
        <translation>正在读取表格…</translation>
    </message>
    <message>
        <source>Looking for photographs… {found} found</source>
        <translation>正在查找照片… 已找到 {found} 张</translation>
    </message>
    <message>
        <source>Loading models…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>{count} classified</source>
        <translation>已分类 {count} 张</translation>
    </message>
    <message>
        <source>, {count} could not be read</source>
        <translation>，{count} 张无法读取</translation>
    </message>
    <message>
        <source>, {count} waiting</source>
        <translation>，{count} 张等待中</translation>
    </message>
</context>
<context>
    <name>SubgroupsTab</name>
    <message>
        <source>Choose an evaluation on the left to see its groups.</source>
        <translation>在左侧选择一次评估以查看其分组。</translation>
    </message>
    <message>
        <source>Figures of groups of photographs</source>
        <translation>各组照片的指标</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>复制表格</translation>
    </message>
    <message>
        <source>Copy all figures and intervals, for a spreadsheet</source>
        <translation>复制所有指标和区间，用于电子表格</translation>
    </message>
    <message>
        <source>The vote on groups of photographs</source>
        <translation>投票在各组照片上的表现</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Patients</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>All photographs</source>
        <translation>所有照片</translation>
    </message>
    <message>
        <source>By patient</source>
        <translation>按患者</translation>
    </message>
    <message>
        <source>mean of each patient&apos;s photographs</source>
        <translation>每位患者照片的平均</translation>
    </message>
    <message>
        <source>not given</source>
        <translation>未给出</translation>
    </message>
    <message>
        <source>few patients</source>
        <translation>患者较少</translation>
    </message>
    <message>
        <source>Dots are the figures, lines their intervals, the dotted line is that of all photographs. Groups of fewer than {few} patients are muted: they say little.</source>
        <translation>圆点为指标，线段为其区间，虚线为全部照片的指标。少于 {few} 位患者的组以浅色显示：其结果说明不了什么。</translation>
    </message>
    <message>
        <source>There are no groups: labels.csv has no further columns, such as laterality, camera, sex or age.</source>
        <translation>没有分组：labels.csv 没有其他列，例如眼别、相机、性别或年龄。</translation>
    </message>
    <message>
        <source>Every patient has one photograph.</source>
        <translation>每位患者只有一张照片。</translation>
    </message>
    <message numerus="yes">
        <source>%Ln patient(s) left out by patient, since their photographs are of different classes.</source>
        <translation>
            <numerusform>按患者计算时略去 %Ln 位患者，因为其照片属于不同的类别。</numerusform>
        </translation>
    </message>
    <message>
        <source>The table is on the clipboard.</source>
        <translation>表格已复制到剪贴板。</translation>
    </message>
</context>
<context>
    <name>Survey</name>
    <message>
        <source>{count} classes</source>
        <translation>{count} 个类别</translation>
    </message>
    <message>
        <source>{count} to learn from</source>
        <translation>{count} 张用于学习</translation>
    </message>
    <message>
        <source>{count} for validation</source>
        <translation>{count} 张用于验证</translation>
    </message>
    <message>
        <source>{count} for the test</source>
        <translation>{count} 张用于测试</translation>
    </message>
    <message>
        <source>Training refuses them: remove them, or join them instead.</source>
        <translation>训练不接受它们：请将其移除，或改为合并。</translation>
    </message>
    <message>
        <source>Moved, so that no group is in two parts: {count}.</source>
        <translation>为避免一组照片分在两个部分而移动：{count} 张。</translation>
    </message>
    <message>
        <source>The file names seem to tell patients apart. Confirm it if they do: else photographs of one patient may be learnt from and tested on.</source>
        <translation>文件名似乎可以区分患者。如果确实如此，请确认：否则同一患者的照片可能既用于学习又用于测试。</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names} 及另外 {count} 个</translation>
    </message>
    <message>
        <source>Cannot be read as photographs: {names} ({count}). Remove or replace them.</source>
        <translation>无法作为照片读取：{names}（{count} 个）。请移除或更换不是照片的文件。</translation>
    </message>
</context>
<context>
    <name>TrainPage</name>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>“{name}” is training</source>
        <translation>“{name}”正在训练</translation>
    </message>
    <message>
        <source>{count} trainings are running</source>
        <translation>{count} 次训练正在进行</translation>
    </message>
</context>
<context>
    <name>TrainingStart</name>
    <message>
        <source>&amp;Start training</source>
        <translation>开始训练(&amp;S)</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Train in a process of its own</source>
        <translation>在独立的进程中训练</translation>
    </message>
    <message>
        <source>Name of the training and of its folder</source>
        <translation>训练及其文件夹的名称</translation>
    </message>
    <message>
        <source>The same training from a terminal</source>
        <translation>在终端中进行相同训练的命令</translation>
    </message>
    <message>
        <source>Give the training a name.</source>
        <translation>请为训练命名。</translation>
    </message>
</context>
<context>
    <name>TrialsBar</name>
    <message>
        <source>Find &amp;learning rate</source>
        <translation>寻找学习率(&amp;L)</translation>
    </message>
    <message>
        <source>Try rising learning rates for at most 100 updates and take the best over</source>
        <translation>以逐渐升高的学习率尝试最多 100 次更新，并采用最佳值</translation>
    </message>
    <message>
        <source>&amp;Measure mean and deviation</source>
        <translation>测量均值和标准差(&amp;M)</translation>
    </message>
    <message>
        <source>Of the colours of the training photographs, and train with them</source>
        <translation>训练照片各颜色的均值和标准差，并用于训练</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Progress of the trial</source>
        <translation>试验的进度</translation>
    </message>
    <message>
        <source>Loss over the learning rate</source>
        <translation>损失随学习率的变化</translation>
    </message>
    <message>
        <source>Stopped, since the settings have been changed.</source>
        <translation>设置已更改，已停止。</translation>
    </message>
    <message>
        <source>Mean {mean}, standard deviation {std} (red, green, blue).</source>
        <translation>均值 {mean}，标准差 {std}（红、绿、蓝）。</translation>
    </message>
    <message>
        <source>The learning rate {rate} is suggested and taken over.</source>
        <translation>建议并已采用学习率 {rate}。</translation>
    </message>
</context>
<context>
    <name>UnsavedNotice</name>
    <message>
        <source>&amp;Try again</source>
        <translation>重试(&amp;T)</translation>
    </message>
</context>
<context>
    <name>VoteBars</name>
    <message>
        <source>Probabilities of the classes</source>
        <translation>各类别的概率</translation>
    </message>
    <message>
        <source>label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>回答</translation>
    </message>
</context>
<context>
    <name>VoteBreakdown</name>
    <message>
        <source>Votes of the models</source>
        <translation>各模型的投票</translation>
    </message>
    <message>
        <source>The vote in words</source>
        <translation>投票的文字说明</translation>
    </message>
    <message>
        <source>One model, so there is no vote: its probabilities are the answer.</source>
        <translation>只有一个模型，因此没有投票：其概率即为回答。</translation>
    </message>
    <message>
        <source>On each photograph the surer models weigh more than is set below.</source>
        <translation>在每张照片上，越肯定的模型权重比下面设置的越大。</translation>
    </message>
    <message>
        <source>Both models say {label}.</source>
        <translation>两个模型都判为 {label}。</translation>
    </message>
    <message>
        <source>All {count} models say {label}.</source>
        <translation>全部 {count} 个模型都判为 {label}。</translation>
    </message>
    <message>
        <source>No model puts {label} first, but their votes together do.</source>
        <translation>没有模型把 {label} 排在第一，但它们的投票合起来是这一结果。</translation>
    </message>
    <message>
        <source>Only {model}, with {weight} of the vote weight, says {label}.</source>
        <translation>只有占投票权重 {weight} 的 {model} 判为 {label}。</translation>
    </message>
    <message>
        <source>{agreeing} of {count} models, with {weight} of the vote weight, say {label}.</source>
        <translation>{count} 个模型中有 {agreeing} 个（占投票权重 {weight}）判为 {label}。</translation>
    </message>
    <message>
        <source>No weights change the answer.</source>
        <translation>任何权重都不会改变回答。</translation>
    </message>
    <message>
        <source>No weight of {model} changes the answer.</source>
        <translation>{model} 的任何权重都不会改变回答。</translation>
    </message>
    <message>
        <source>Becomes {label} if the weight of {model} exceeds {weight}.</source>
        <translation>若 {model} 的权重超过 {weight}，则变为 {label}。</translation>
    </message>
    <message>
        <source>Becomes {label} if the weight of {model} falls below {weight}.</source>
        <translation>若 {model} 的权重低于 {weight}，则变为 {label}。</translation>
    </message>
</context>
<context>
    <name>VotePane</name>
    <message>
        <source>The models and their vote</source>
        <translation>各模型及其投票</translation>
    </message>
    <message>
        <source>Could not be read</source>
        <translation>无法读取</translation>
    </message>
</context>
<context>
    <name>WarningBanner</name>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>&amp;Show the photographs</source>
        <translation>显示照片(&amp;S)</translation>
    </message>
    <message>
        <source>Photographs that a model was trained on</source>
        <translation>模型训练时用过的照片</translation>
    </message>
    <message>
        <source>A model was trained on photographs that it is measured on here.</source>
        <translation>有模型曾在此处用于衡量的照片上训练过。</translation>
    </message>
    <message>
        <source>Read this before the figures.</source>
        <translation>看指标之前请先阅读此处。</translation>
    </message>
</context>
<context>
    <name>WeightSliders</name>
    <message>
        <source>Whose weights these are</source>
        <translation>这些权重属于谁</translation>
    </message>
    <message>
        <source>&amp;Reset to the ensemble&apos;s weights</source>
        <translation>恢复为集成的权重(&amp;R)</translation>
    </message>
    <message>
        <source>Vote with the weights that belong to the ensemble</source>
        <translation>按集成自身的权重投票</translation>
    </message>
    <message>
        <source>What-if: not the ensemble&apos;s weights</source>
        <translation>假设分析：不是集成的权重</translation>
    </message>
    <message>
        <source>Vote weights: the ensemble&apos;s own</source>
        <translation>投票权重：集成自身的权重</translation>
    </message>
</context>
<context>
    <name>WeightsTab</name>
    <message>
        <source>Score of the vote by its weights</source>
        <translation>投票得分随权重的变化</translation>
    </message>
    <message>
        <source>Each way to vote is judged on every photograph by weights that were fitted without its patient. Muted differences are not significant: their interval holds 0. The chart shows the very photographs that the weights are fitted on, which flatters the best ones.</source>
        <translation>每种投票方式在每张照片上都以未用其患者拟合的权重来评判。浅色的差异不显著：其区间包含 0。图中显示的正是拟合权重所用的照片，因此最佳权重看起来偏好。</translation>
    </message>
    <message numerus="yes">
        <source>Weights are fitted on {part}, %Ln photograph(s), never on those that this evaluation measures on. Compare the ways to find them, then save the one of your choice as an ensemble.</source>
        <translation>
            <numerusform>权重在 {part}（%Ln 张照片）上拟合，从不使用本次评估所衡量的照片。比较各种求权重的方法，然后把所选的一种保存为集成。</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose an evaluation on the left to fit the weights of its models.</source>
        <translation>在左侧选择一次评估以拟合其模型的权重。</translation>
    </message>
    <message>
        <source>One model needs no weights. Evaluate two or more models together.</source>
        <translation>一个模型不需要权重。请同时评估两个或更多模型。</translation>
    </message>
    <message>
        <source>Weights must not be fitted on the photographs that they are measured on. Choose a validation part in a new evaluation.</source>
        <translation>不得在用于衡量的照片上拟合权重。请在新的评估中选择一个验证部分。</translation>
    </message>
    <message>
        <source>Looking for training photographs among these…</source>
        <translation>正在其中查找训练照片…</translation>
    </message>
    <message>
        <source>The ensemble &apos;{name}&apos; is installed and can be chosen.</source>
        <translation>集成“{name}”已安装，可供选择。</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在比较…</translation>
    </message>
    <message>
        <source>Best: {weights}</source>
        <translation>最佳：{weights}</translation>
    </message>
</context>
<context>
    <name>WeightsTable</name>
    <message>
        <source>Ways to vote</source>
        <translation>投票方式</translation>
    </message>
    <message>
        <source>Way to vote</source>
        <translation>投票方式</translation>
    </message>
    <message>
        <source>Less equal weights</source>
        <translation>与等权重之差</translation>
    </message>
    <message>
        <source>Less best member</source>
        <translation>与最佳成员之差</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>alone</source>
        <translation>单独</translation>
    </message>
    <message>
        <source>Not significantly different: the interval holds 0</source>
        <translation>无显著差异：区间包含 0</translation>
    </message>
    <message>
        <source>by image</source>
        <translation>逐图像</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Drop fundus photographs or a folder here</source>
        <translation>把眼底照片或文件夹拖放到这里</translation>
    </message>
    <message>
        <source>JPEG, PNG, TIFF, BMP, WebP and DICOM. Everything is classified on this computer; nothing is sent anywhere.</source>
        <translation>支持 JPEG、PNG、TIFF、BMP、WebP 和 DICOM。一切都在本机分类；不会向任何地方发送数据。</translation>
    </message>
</context>
<context>
    <name>WindowState</name>
    <message>
        <source>Classify {count} waiting</source>
        <translation>对 {count} 张等待中的照片分类</translation>
    </message>
    <message>
        <source>Classify</source>
        <translation>分类</translation>
    </message>
    <message>
        <source>No weights are installed: photographs can be looked at only.</source>
        <translation>没有安装模型权重：只能查看照片。</translation>
    </message>
</context>
<context>
    <name>_Chip</name>
    <message>
        <source>Refer to a person</source>
        <translation>转人工判读</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>_GridDelegate</name>
    <message>
        <source>Refer · {result}</source>
        <translation>转人工 · {result}</translation>
    </message>
</context>
<context>
    <name>_NumberEditor</name>
    <message>
        <source>not set</source>
        <translation>未设置</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>无限制</translation>
    </message>
</context>
<context>
    <name>_VoteTable</name>
    <message>
        <source>agrees</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>disagrees</source>
        <translation>不一致</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Of the model in the vote</source>
        <translation>模型在投票中的权重</translation>
    </message>
    <message>
        <source>Top class</source>
        <translation>首位类别</translation>
    </message>
    <message>
        <source>The model&apos;s most probable class</source>
        <translation>该模型最可能的类别</translation>
    </message>
    <message>
        <source>Prob.</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>Of the model&apos;s most probable class</source>
        <translation>该模型最可能类别的概率</translation>
    </message>
    <message>
        <source>Agrees</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>Agrees with the ensemble</source>
        <translation>与集成一致</translation>
    </message>
</context>
<context>
    <name>_WeightRow</name>
    <message>
        <source>Vote weight of {model}</source>
        <translation>{model} 的投票权重</translation>
    </message>
    <message>
        <source>Vote weight of {model}; the others keep their proportions</source>
        <translation>{model} 的投票权重；其余模型保持比例</translation>
    </message>
</context>
</TS>
